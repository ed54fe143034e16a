// Package uploads is an API for files that do not fit through Lambda, whose requests
// and replies end at 6 MB. The client sends and fetches the bytes itself, by S3 URLs
// that the function signs for one object, one method and a few minutes.
package uploads

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/internal/answer"
)

// Scopes of the operations.
const (
	ReadScope  = "files/read"
	WriteScope = "files/write"
)

// MaxSize is what one file may have. S3 takes 5 GB in one PUT.
const MaxSize = 100 << 20

// Lifetime is how long a URL works. Whoever has it needs nothing else.
const Lifetime = 5 * time.Minute

// Types are the media types of files. Browsers run scripts in some others, such as
// HTML and SVG: hence this list, and the attachment that a download is in any case.
var Types = []string{"application/octet-stream", "application/pdf", "image/jpeg", "image/png", "text/plain"}

// A Signer makes URLs for objects. Signing asks nobody, so that a URL may lead to
// an object that is not there.
type Signer interface {
	// Put returns a request that stores a file of exactly this type and size
	// under key, once.
	Put(ctx context.Context, key, contentType string, size int64) (Request, error)
	// Get returns a request that fetches a file as a download of this name.
	Get(ctx context.Context, key, name string) (Request, error)
}

// Request is what the client sends to S3, with no token of its own.
type Request struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"` // signed: all of them, as they are
	Expires time.Time         `json:"expires"`
}

// Handler returns the API.
//
//	POST /uploads          {"size", "type"}  → {"key", "put"}: where to send the bytes
//	POST /files            {"key", "name"}   → {"id"}: what was sent becomes a file
//	GET  /files/{id}/url                     → where to fetch it
func Handler(who authz.Identifier, s3 Signer) *authz.Mux {
	a := &api{s3: s3, files: map[string]file{}}
	mux := authz.NewMux(&authz.Guard{Identifier: who, Every: authz.AccessToken()})
	mux.HandleFunc("POST /uploads", authz.Scope(WriteScope), a.upload)
	mux.HandleFunc("POST /files", authz.Scope(WriteScope), a.add)
	mux.HandleFunc("GET /files/{id}/url", authz.Scope(ReadScope), a.url)
	return mux
}

type api struct {
	s3    Signer
	mu    sync.Mutex
	files map[string]file // by id; a table in a program of yours
}

type file struct{ owner, key, name string }

func (a *api) upload(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Size int64  `json:"size"`
		Type string `json:"type"`
	}
	switch {
	case !read(w, r, &ask):
		return
	case ask.Size < 1 || ask.Size > MaxSize:
		answer.Problem(w, http.StatusUnprocessableEntity, "size must be from 1 to 104857600.")
		return
	case !slices.Contains(Types, ask.Type):
		answer.Problem(w, http.StatusUnprocessableEntity, "type must be one of "+strings.Join(Types, ", ")+".")
		return
	}
	key := prefix(r) + rand.Text()
	put, err := a.s3.Put(r.Context(), key, ask.Type, ask.Size)
	if err != nil {
		fail(w, r, err)
		return
	}
	answer.JSON(w, http.StatusCreated, map[string]any{"key": key, "put": put})
}

func (a *api) add(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Key  string `json:"key"`
		Name string `json:"name"`
	}
	owner := prefix(r)
	switch {
	case !read(w, r, &ask):
		return
	case !owned(ask.Key, owner):
		// The same answer as for a key that was never given out.
		answer.Problem(w, http.StatusUnprocessableEntity, "key is not one that POST /uploads gave you.")
		return
	case ask.Name == "" || len(ask.Name) > 200 || strings.ContainsFunc(ask.Name, func(c rune) bool { return c < ' ' || c == 0x7f || c == '/' || c == '\\' }):
		answer.Problem(w, http.StatusUnprocessableEntity, "name must be a file name of 1 to 200 bytes.")
		return
	}
	id := rand.Text()
	a.mu.Lock()
	a.files[id] = file{owner, ask.Key, ask.Name}
	a.mu.Unlock()
	answer.JSON(w, http.StatusCreated, map[string]string{"id": id})
}

func (a *api) url(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	f, ok := a.files[r.PathValue("id")]
	a.mu.Unlock()
	// Both are asked again: the file is the caller's, and so is what it names.
	if owner := prefix(r); !ok || f.owner != owner || !owned(f.key, owner) {
		answer.Problem(w, http.StatusNotFound, "There is no such file.")
		return
	}
	get, err := a.s3.Get(r.Context(), f.key, f.name)
	if err != nil {
		fail(w, r, err)
		return
	}
	answer.JSON(w, http.StatusOK, get)
}

// prefix is where a caller's objects are: a hash, so that no key names anybody.
func prefix(r *http.Request) string {
	caller, _ := claims.FromContext(r.Context())
	sum := sha256.Sum256([]byte(caller.Key()))
	return base64.RawURLEncoding.EncodeToString(sum[:]) + "/"
}

// owned reports whether key is below prefix and of the form that upload makes.
func owned(key, prefix string) bool {
	random, ok := strings.CutPrefix(key, prefix)
	return ok && len(random) == 26 && !strings.ContainsFunc(random, func(c rune) bool {
		return (c < 'A' || c > 'Z') && (c < '2' || c > '7')
	})
}

// attachment is the Content-Disposition of a download.
func attachment(name string) string {
	if d := mime.FormatMediaType("attachment", map[string]string{"filename": name}); d != "" {
		return d
	}
	return "attachment"
}

// read decodes a small JSON body, or answers.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			answer.Problem(w, http.StatusRequestEntityTooLarge, "Send the bytes of the file to the URL that POST /uploads returns.")
		} else {
			answer.Problem(w, http.StatusBadRequest, "The body must be a JSON object with the members that are documented.")
		}
		return false
	}
	return true
}

// fail logs why there is no URL: the credentials cannot be had.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "uploads: signing failed; may the function's role be assumed?", "error", err)
	answer.Problem(w, http.StatusServiceUnavailable, "")
}
