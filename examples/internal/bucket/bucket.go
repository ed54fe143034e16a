// Package bucket plays one S3 bucket on a laptop, as far as presigned URLs need it:
// it checks their signatures as S3 does, and keeps objects in memory.
package bucket

import (
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Credentials are those that the bucket's URLs are signed with. They open nothing
// else.
var Credentials = aws.Credentials{AccessKeyID: "AKIDLAPTOP", SecretAccessKey: "laptop"}

// Region is where the bucket is.
const Region = "eu-central-1"

// maxObject is what the bucket takes; S3 takes 5 GB in one PUT.
const maxObject = 256 << 20

// Bucket is an http.Handler that serves /NAME/KEY by presigned GET and PUT. Make one
// with New. It is safe for concurrent use.
type Bucket struct {
	name    string
	mu      sync.Mutex
	objects map[string]object
}

type object struct {
	contentType string
	content     []byte
}

// New returns an empty bucket.
func New(name string) *Bucket {
	return &Bucket{name: name, objects: map[string]object{}}
}

// ServeHTTP answers as S3 does, with the codes of
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
func (b *Bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, ok := strings.CutPrefix(r.URL.Path, "/"+b.name+"/")
	if !ok || key == "" {
		refuse(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	if code := check(r); code != "" {
		refuse(w, http.StatusForbidden, code)
		return
	}
	switch r.Method {
	case http.MethodPut:
		b.put(w, r, key)
	case http.MethodGet:
		b.get(w, r, key)
	default:
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func (b *Bucket) put(w http.ResponseWriter, r *http.Request, key string) {
	content, err := io.ReadAll(io.LimitReader(r.Body, maxObject+1))
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "IncompleteBody")
		return
	case len(content) > maxObject:
		refuse(w, http.StatusBadRequest, "EntityTooLarge")
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, taken := b.objects[key]; taken && r.Header.Get("If-None-Match") == "*" {
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	b.objects[key] = object{r.Header.Get("Content-Type"), content}
}

func (b *Bucket) get(w http.ResponseWriter, r *http.Request, key string) {
	b.mu.Lock()
	o, ok := b.objects[key]
	b.mu.Unlock()
	if !ok {
		refuse(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	w.Header().Set("Content-Type", o.contentType)
	for query, header := range map[string]string{"response-content-disposition": "Content-Disposition", "response-content-type": "Content-Type"} {
		if v := r.URL.Query().Get(query); v != "" {
			w.Header().Set(header, v)
		}
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(o.content)))
	_, _ = w.Write(o.content)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
}

// check returns the code of S3's refusal, or "". It signs what was signed once more
// and compares
// (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
func check(r *http.Request) (code string) {
	query := r.URL.Query()
	date, err := time.Parse("20060102T150405Z", query.Get("X-Amz-Date"))
	if err != nil {
		return "AccessDenied"
	}
	seconds, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	if err != nil || seconds < 1 || time.Now().After(date.Add(time.Duration(seconds)*time.Second)) {
		return "AccessDenied"
	}
	signature := query.Get("X-Amz-Signature")
	query.Del("X-Amz-Signature")
	again := &http.Request{
		Method: r.Method,
		Host:   r.Host,
		URL:    &url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: query.Encode()},
		Header: http.Header{},
	}
	signed := strings.Split(query.Get("X-Amz-SignedHeaders"), ";")
	for _, name := range signed {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = r.ContentLength
			again.Header.Set(name, strconv.FormatInt(r.ContentLength, 10))
		default:
			again.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	uri, _, err := signer.PresignHTTP(r.Context(), Credentials, again, "UNSIGNED-PAYLOAD", "s3", Region, date)
	if err != nil {
		return "AccessDenied"
	}
	want, err := url.Parse(uri)
	if err != nil || subtle.ConstantTimeCompare([]byte(want.Query().Get("X-Amz-Signature")), []byte(signature)) != 1 {
		return "SignatureDoesNotMatch"
	}
	// A condition that was not signed could be left out.
	if r.Header.Get("If-None-Match") != "" && !slices.Contains(signed, "if-none-match") {
		return "AccessDenied"
	}
	return ""
}
