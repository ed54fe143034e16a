package uploads_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/internal/bucket"
	"github.com/gatehouse-go/gatehouse/examples/internal/standin"
	"github.com/gatehouse-go/gatehouse/examples/uploads"
)

const (
	name   = "files"
	issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
)

// client is one that signs for what stands at endpoint.
func client(endpoint string) *s3.Client {
	return s3.New(s3.Options{
		Region:       bucket.Region,
		BaseEndpoint: &endpoint,
		UsePathStyle: true,
		Credentials:  credentials.StaticCredentialsProvider{Value: bucket.Credentials},
	})
}

// A chain is everything between a client and the function, and the bucket.
type chain struct {
	t   *testing.T
	mux *authz.Mux
	api http.Handler
	log *bytes.Buffer
}

// start returns a chain for the bucket at endpoint; "": one that plays S3 and checks
// signatures.
func start(t *testing.T, endpoint string) *chain {
	t.Helper()
	if endpoint == "" {
		server := httptest.NewServer(bucket.New(name))
		t.Cleanup(server.Close)
		endpoint = server.URL
	}
	who := claims.MustNew(claims.Config{Issuers: []string{issuer}})
	c := &chain{t: t, mux: uploads.Handler(who, uploads.NewS3(client(endpoint), name)), log: new(bytes.Buffer)}
	logger := slog.New(slog.NewJSONHandler(c.log, nil))
	before := slog.Default()
	slog.SetDefault(logger) // the program's own lines
	t.Cleanup(func() { slog.SetDefault(before) })
	c.api = authztest.Chain(t, c.mux, &authztest.Options{Adapter: &adapter.Options{
		Logger: logger,
		Done:   adapter.AccessLog(logger, nil),
	}})
	return c
}

// call sends a request of a caller's and decodes the reply into v.
func (c *chain) call(caller, method, path, body string, v any) int {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if caller != "" {
		r = authztest.FrontOf(c.mux).As(r, map[string]any{
			"sub": caller, "token_use": "access", "scope": uploads.ReadScope + " " + uploads.WriteScope,
		})
	}
	w := httptest.NewRecorder()
	c.api.ServeHTTP(w, r)
	if v != nil {
		if err := json.Unmarshal(w.Body.Bytes(), v); err != nil {
			c.t.Fatalf("%s %s: status %d, body %q: %v", method, path, w.Code, w.Body, err)
		}
	}
	return w.Code
}

type upload struct {
	Key string
	Put uploads.Request
}

func (c *chain) begin(caller string, size int) upload {
	c.t.Helper()
	var u upload
	if got := c.call(caller, "POST", "/uploads", fmt.Sprintf(`{"size":%d,"type":"image/png"}`, size), &u); got != http.StatusCreated {
		c.t.Fatalf("POST /uploads: status %d", got)
	}
	return u
}

// send does what a client does with a Request, and returns the status and the code
// of S3's error.
func send(t *testing.T, q uploads.Request, body []byte) (status int, code string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), q.Method, q.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range q.Headers {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ = strings.Cut(string(content), "<Code>")
	code, _, _ = strings.Cut(code, "</Code>")
	return resp.StatusCode, code
}

// file stores content as a file and returns its id.
func (c *chain) file(caller string, content []byte) string {
	c.t.Helper()
	u := c.begin(caller, len(content))
	if status, code := send(c.t, u.Put, content); status != http.StatusOK {
		c.t.Fatalf("PUT: status %d %s", status, code)
	}
	var f struct{ ID string }
	if got := c.call(caller, "POST", "/files", `{"key":"`+u.Key+`","name":"Grüße.png"}`, &f); got != http.StatusCreated {
		c.t.Fatalf("POST /files: status %d", got)
	}
	return f.ID
}

// roundTrip takes 20 MB up and down, and returns the download's header.
func (c *chain) roundTrip() http.Header {
	c.t.Helper()
	content := bytes.Repeat([]byte("20 MB of a picture. "), 1<<20)
	id := c.file("ada", content)
	var get uploads.Request
	if got := c.call("ada", "GET", "/files/"+id+"/url", "", &get); got != http.StatusOK {
		c.t.Fatalf("GET url: status %d", got)
	}
	resp, err := http.Get(get.URL)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, resp.Body)
	if err != nil || n != int64(len(content)) || [32]byte(sum.Sum(nil)) != sha256.Sum256(content) {
		c.t.Errorf("status %d, %d bytes, %v", resp.StatusCode, n, err)
	}
	return resp.Header
}

func TestRoundTrip(t *testing.T) {
	c := start(t, "")
	header := c.roundTrip()
	if got := header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") {
		t.Errorf("Content-Disposition %q", got)
	}
	if got := header.Get("Content-Type"); got != "application/octet-stream" {
		t.Errorf("Content-Type %q", got)
	}
	log := c.log.String()
	if lines := strings.Count(log, "\n"); lines < 3 || strings.Contains(log, "X-Amz-") || strings.Contains(log, "Grüße") {
		t.Errorf("%d lines, which must hold neither a URL that works nor a file's name:\n%s", lines, log)
	}
}

// TestAltered: a URL is good for what was signed, and for nothing else.
func TestAltered(t *testing.T) {
	const size = 1000
	content := make([]byte, size)
	query := func(change func(url.Values)) func(*uploads.Request) {
		return func(q *uploads.Request) {
			u, _ := url.Parse(q.URL)
			values := u.Query()
			change(values)
			u.RawQuery = values.Encode()
			q.URL = u.String()
		}
	}
	tests := map[string]struct {
		alter  func(*uploads.Request)
		body   []byte
		status int
		code   string
	}{
		"as it was signed":      {nil, content, 200, ""},
		"a byte more":           {nil, make([]byte, size+1), 403, "SignatureDoesNotMatch"},
		"a byte less":           {nil, make([]byte, size-1), 403, "SignatureDoesNotMatch"},
		"nothing":               {nil, nil, 403, "SignatureDoesNotMatch"},
		"another type":          {func(q *uploads.Request) { q.Headers["Content-Type"] = "text/html" }, content, 403, "SignatureDoesNotMatch"},
		"no type":               {func(q *uploads.Request) { delete(q.Headers, "Content-Type") }, content, 403, "SignatureDoesNotMatch"},
		"no condition":          {func(q *uploads.Request) { delete(q.Headers, "If-None-Match") }, content, 403, "SignatureDoesNotMatch"},
		"another condition":     {func(q *uploads.Request) { q.Headers["If-None-Match"] = `"x"` }, content, 403, "SignatureDoesNotMatch"},
		"another key":           {func(q *uploads.Request) { q.URL = strings.Replace(q.URL, "?", "x?", 1) }, content, 403, "SignatureDoesNotMatch"},
		"another bucket":        {func(q *uploads.Request) { q.URL = strings.Replace(q.URL, "/files/", "/other/", 1) }, content, 404, "NoSuchBucket"},
		"GET":                   {func(q *uploads.Request) { q.Method = "GET" }, nil, 403, "SignatureDoesNotMatch"},
		"DELETE":                {func(q *uploads.Request) { q.Method = "DELETE" }, nil, 403, "SignatureDoesNotMatch"},
		"a longer life":         {query(func(v url.Values) { v.Set("X-Amz-Expires", "604800") }), content, 403, "SignatureDoesNotMatch"},
		"fewer signed headers":  {query(func(v url.Values) { v.Set("X-Amz-SignedHeaders", "host") }), content, 403, "SignatureDoesNotMatch"},
		"another parameter":     {query(func(v url.Values) { v.Set("x-amz-acl", "public-read") }), content, 403, "SignatureDoesNotMatch"},
		"no signature":          {query(func(v url.Values) { v.Del("X-Amz-Signature") }), content, 403, "SignatureDoesNotMatch"},
		"a byte of a signature": {query(func(v url.Values) { v.Set("X-Amz-Signature", v.Get("X-Amz-Signature")[1:]+"0") }), content, 403, "SignatureDoesNotMatch"},
	}
	c := start(t, "")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q := c.begin("ada", size).Put
			if test.alter != nil {
				test.alter(&q)
			}
			if status, code := send(t, q, test.body); status != test.status || code != test.code {
				t.Errorf("status %d %s, want %d %s", status, code, test.status, test.code)
			}
		})
	}
}

// TestAlteredDownload: nobody makes a page of a download, or another file's of it.
func TestAlteredDownload(t *testing.T) {
	c := start(t, "")
	id, other := c.file("ada", []byte("her")), c.file("ada", []byte("his"))
	get := func(id string) (q uploads.Request) {
		t.Helper()
		if got := c.call("ada", "GET", "/files/"+id+"/url", "", &q); got != http.StatusOK {
			t.Fatalf("status %d", got)
		}
		return q
	}
	for what, test := range map[string]struct {
		method string
		alter  func(*url.URL, url.Values)
		status int
	}{
		"as it was signed": {"GET", func(*url.URL, url.Values) {}, 200},
		"shown":            {"GET", func(_ *url.URL, v url.Values) { v.Set("response-content-disposition", "inline") }, 403},
		"no disposition":   {"GET", func(_ *url.URL, v url.Values) { v.Del("response-content-disposition") }, 403},
		"a page":           {"GET", func(_ *url.URL, v url.Values) { v.Set("response-content-type", "text/html") }, 403},
		"a longer life":    {"GET", func(_ *url.URL, v url.Values) { v.Set("X-Amz-Expires", "604800") }, 403},
		"another file":     {"GET", func(u *url.URL, _ url.Values) { u.Path = must(url.Parse(get(other).URL)).Path }, 403},
		"no query":         {"GET", func(_ *url.URL, v url.Values) { clear(v) }, 403},
		"PUT":              {"PUT", func(*url.URL, url.Values) {}, 403},
	} {
		u := must(url.Parse(get(id).URL))
		values := u.Query()
		test.alter(u, values)
		u.RawQuery = values.Encode()
		if status, code := send(t, uploads.Request{Method: test.method, URL: u.String()}, nil); status != test.status {
			t.Errorf("%s: status %d %s, want %d", what, status, code, test.status)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestOnce(t *testing.T) {
	c := start(t, "")
	u := c.begin("ada", 3)
	if status, code := send(t, u.Put, []byte("one")); status != http.StatusOK {
		t.Fatalf("status %d %s", status, code)
	}
	if status, code := send(t, u.Put, []byte("two")); status != http.StatusPreconditionFailed {
		t.Errorf("an overwrite: status %d %s", status, code)
	}
}

func TestURLsExpire(t *testing.T) {
	c := start(t, "")
	u := c.begin("ada", 3)
	expires, err := url.Parse(u.Put.URL)
	if err != nil || expires.Query().Get("X-Amz-Expires") != "300" {
		t.Errorf("%v, %s", err, u.Put.URL)
	}
	if in := time.Until(u.Put.Expires); in > uploads.Lifetime || in < uploads.Lifetime-time.Minute {
		t.Errorf("the client is told %v", in)
	}
	// The same request, signed rightly six minutes ago.
	endpoint := expires.Scheme + "://" + expires.Host
	r := httptest.NewRequest("GET", endpoint+"/"+name+"/"+u.Key+"?X-Amz-Expires=300", nil)
	r.RequestURI = ""
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	for age, want := range map[time.Duration]int{time.Minute: http.StatusNotFound, 6 * time.Minute: http.StatusForbidden} {
		signed, _, err := signer.PresignHTTP(t.Context(), bucket.Credentials, r, "UNSIGNED-PAYLOAD", "s3", bucket.Region, time.Now().Add(-age))
		if err != nil {
			t.Fatal(err)
		}
		if status, code := send(t, uploads.Request{Method: "GET", URL: signed}, nil); status != want {
			t.Errorf("%v old: status %d %s, want %d", age, status, code, want)
		}
	}
}

func TestSizesAndTypes(t *testing.T) {
	c := start(t, "")
	for body, want := range map[string]int{
		`{"size":1,"type":"image/png"}`:                           201,
		`{"size":104857600,"type":"image/png"}`:                   201,
		`{"size":0,"type":"image/png"}`:                           422,
		`{"size":-1,"type":"image/png"}`:                          422,
		`{"size":104857601,"type":"image/png"}`:                   422,
		`{"type":"image/png"}`:                                    422,
		`{"size":1}`:                                              422,
		`{"size":1,"type":"text/html"}`:                           422,
		`{"size":1,"type":"image/svg+xml"}`:                       422,
		`{"size":1,"type":"image/png\r\nx-amz-acl: public-read"}`: 422,
		`{"size":1e400,"type":"image/png"}`:                       400,
		`{"size":1,"type":"image/png","key":"mine"}`:              400,
		`not JSON`: 400,
		`{"type":"` + strings.Repeat("x", 5000) + `"}`: 413,
	} {
		if got := c.call("ada", "POST", "/uploads", body, nil); got != want {
			t.Errorf("%.60s: status %d, want %d", body, got, want)
		}
	}
}

// TestOthers: what one caller has, another cannot store, read or learn of.
func TestOthers(t *testing.T) {
	c := start(t, "")
	adas := c.begin("ada", 3)
	id := c.file("ada", []byte("her"))
	for what, test := range map[string]struct {
		caller, method, path, body string
		want                       int
	}{
		"another's key":       {"eve", "POST", "/files", `{"key":"` + adas.Key + `","name":"x"}`, 422},
		"a made-up key":       {"eve", "POST", "/files", `{"key":"x/y","name":"x"}`, 422},
		"a key with a detour": {"eve", "POST", "/files", `{"key":"` + c.begin("eve", 1).Key + `/../../` + adas.Key + `","name":"x"}`, 422},
		"no key":              {"eve", "POST", "/files", `{"name":"x"}`, 422},
		"a bad name":          {"ada", "POST", "/files", `{"key":"` + adas.Key + `","name":"a\r\nb"}`, 422},
		"a path for a name":   {"ada", "POST", "/files", `{"key":"` + adas.Key + `","name":"../b"}`, 422},
		"another's file":      {"eve", "GET", "/files/" + id + "/url", "", 404},
		"no such file":        {"eve", "GET", "/files/none/url", "", 404},
		"a stranger's GET":    {"", "GET", "/files/" + id + "/url", "", 401},
		"a stranger's POST":   {"", "POST", "/uploads", `{"size":1,"type":"image/png"}`, 401},
		"her own":             {"ada", "GET", "/files/" + id + "/url", "", 200},
	} {
		if got := c.call(test.caller, test.method, test.path, test.body, nil); got != test.want {
			t.Errorf("%s: status %d, want %d", what, got, test.want)
		}
	}
	if again := c.begin("ada", 3); again.Key == adas.Key {
		t.Error("two uploads have one key")
	}
	if strings.Contains(adas.Key, "ada") || strings.HasPrefix(adas.Key, "/") {
		t.Errorf("key %q", adas.Key)
	}
}

// TestMoto takes the 20 MB through moto's S3, which checks no signatures and
// does not make downloads of them.
func TestMoto(t *testing.T) {
	endpoint := standin.Moto(t)
	_, err := client(endpoint).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    aws.String(name),
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: bucket.Region},
	})
	if err != nil {
		t.Fatal(err)
	}
	start(t, endpoint).roundTrip()
}
