// Package jobs is an API for work that takes longer than a request may, and the
// worker that does it, in one function: requests come from an HTTP API, messages from
// an SQS queue, a schedule cleans up, and a mobile app with an identity of a Cognito
// identity pool invokes the function itself.
package jobs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/internal/answer"
)

// Scopes of the operations.
const (
	ReadScope  = "jobs/read"
	WriteScope = "jobs/write"
)

// MaxText is what one job may have to do, in bytes. A DynamoDB item has 400 KB at
// most, an SQS message 1 MiB: what is larger belongs into S3, and its key into the
// job.
const MaxText = 256 << 10

// A Queue delivers messages at least once.
type Queue interface {
	Send(ctx context.Context, message string) error
}

// A Service is everything that the function does.
type Service struct {
	Store Store
	Queue Queue
	// Work does the work, and ends when its context does. It runs again after a
	// crash: what it changes elsewhere must bear that, with the job's ID as
	// idempotency key. Its error is logged, and so must not hold the text.
	Work func(ctx context.Context, id, text string) (result string, err error)
	// Attempts is how often a message is tried: maxReceiveCount of the queue's
	// redrive policy, after which SQS moves it to the dead-letter queue. A job that
	// ends its worker is not tried more often either. 0: 3.
	Attempts int
	// Lease is how long a worker has a job, and never ends before the worker's
	// context, which Lambda ends with the function's timeout: a worker that is not
	// heard of any more has ended. 0: a minute.
	Lease time.Duration
}

// Count is the Work of the programs here. It stands for what takes its time.
func Count(ctx context.Context, _, text string) (string, error) {
	select {
	case <-time.After(time.Second):
		return fmt.Sprintf("%d words", len(strings.Fields(text))), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Handler returns the API.
//
//	POST /jobs      {"text"} → 202 with Location; Idempotency-Key makes it safe to repeat
//	GET  /jobs/{id}          → the caller's own job
func (s *Service) Handler(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who, Every: authz.AccessToken()})
	mux.HandleFunc("POST /jobs", authz.Scope(WriteScope), s.post)
	mux.HandleFunc("GET /jobs/{id}", authz.Scope(ReadScope), s.get)
	return mux
}

func (s *Service) post(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxText))
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		tooLarge(w)
		return
	}
	var ask struct {
		Text string `json:"text"`
	}
	if err != nil || json.Unmarshal(body, &ask) != nil || ask.Text == "" {
		answer.Problem(w, http.StatusBadRequest, `The body must be {"text": "…"}.`)
		return
	}
	if len(ask.Text) > MaxText { // each byte that is not UTF-8 has become three
		tooLarge(w)
		return
	}
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) > 1 || len(keys) == 1 && (keys[0] == "" || len(keys[0]) > 200) {
		answer.Problem(w, http.StatusBadRequest, "Idempotency-Key must be one value of 1 to 200 bytes.")
		return
	}
	caller, _ := claims.FromContext(r.Context())
	id := rand.Text()
	if len(keys) == 1 {
		id = hash(caller.Key(), "POST /jobs", keys[0])[:32]
	}
	job, err := s.add(r.Context(), caller, id, ask.Text, hash(string(body)))
	switch {
	case errors.Is(err, errReused):
		answer.Problem(w, http.StatusUnprocessableEntity, "This Idempotency-Key was used for another request.")
	case err != nil:
		fail(w, r, err)
	default:
		w.Header().Set("Location", "/jobs/"+job.ID)
		answer.JSON(w, http.StatusAccepted, job)
	}
}

func tooLarge(w http.ResponseWriter) {
	answer.Problem(w, http.StatusRequestEntityTooLarge, "A job has up to 262144 bytes. Store what is larger, and send where it is.")
}

var errReused = errors.New("jobs: the idempotency key stands for another request")

// add keeps the job and sends its message. If a crash comes in between, the client's
// second request sends it, or else Sweep.
func (s *Service) add(ctx context.Context, caller *claims.Identity, id, text, requestHash string) (Job, error) {
	j := Job{Owner: hash(caller.Key()), ID: id, State: Queued, Created: time.Now().UTC(), Text: text, Hash: requestHash}
	if err := s.Store.Add(ctx, j); errors.Is(err, ErrExists) {
		first, err := s.Store.Get(ctx, j.Owner, id)
		switch {
		case err != nil:
			return Job{}, err
		case first.Hash != requestHash:
			return Job{}, errReused
		case first.State != Queued:
			return first, nil
		}
		j = first
	} else if err != nil {
		return Job{}, err
	}
	return j, s.send(ctx, j)
}

// message is what the queue holds: where the job is, and nothing of it.
type message struct {
	Owner string `json:"owner"`
	ID    string `json:"id"`
}

func (s *Service) send(ctx context.Context, j Job) error {
	content, err := json.Marshal(message{j.Owner, j.ID})
	if err != nil {
		return err
	}
	return s.Queue.Send(ctx, string(content))
}

func (s *Service) get(w http.ResponseWriter, r *http.Request) {
	caller, _ := claims.FromContext(r.Context())
	job, err := s.Store.Get(r.Context(), hash(caller.Key()), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNotFound):
		answer.Problem(w, http.StatusNotFound, "There is no such job.")
	case err != nil:
		fail(w, r, err)
	default:
		if job.State == Queued || job.State == Running {
			w.Header().Set("Retry-After", "1")
		}
		answer.JSON(w, http.StatusOK, job)
	}
}

// hash is one name for several texts, none of which it reveals.
func hash(texts ...string) string {
	sum := sha256.New()
	for _, text := range texts {
		one := sha256.Sum256([]byte(text)) // of equal length, so that ("a", "bc") is not ("ab", "c")
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func fail(w http.ResponseWriter, r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "jobs: the store or the queue failed", "error", err)
	w.Header().Set("Retry-After", "1")
	answer.Problem(w, http.StatusServiceUnavailable, "")
}
