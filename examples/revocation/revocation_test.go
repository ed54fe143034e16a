package revocation_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/revocation"
)

const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"

var who = claims.MustNew(claims.Config{Issuers: []string{issuer}})

// robot's claims are those of a machine client.
func robot() map[string]any {
	return map[string]any{"iss": issuer, "sub": "robot", "client_id": "robot", "scope": revocation.ReadScope, "iat": time.Now().Unix()}
}

// A source is what operators change, and what fails.
type source struct {
	content atomic.Pointer[string]
	err     atomic.Pointer[error]
	hangs   atomic.Bool
	reads   atomic.Int32
}

func (s *source) set(content string) { s.content.Store(&content); s.err.Store(nil) }
func (s *source) fail(err error)     { s.err.Store(&err) }

func (s *source) read(ctx context.Context) ([]byte, error) {
	s.reads.Add(1)
	if s.hangs.Load() {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if err := s.err.Load(); err != nil {
		return nil, *err
	}
	return []byte(*s.content.Load()), nil
}

func api(t *testing.T, s *source) *authz.Mux {
	t.Helper()
	checker, err := revocation.NewChecker(revocation.Config{Source: s.read})
	if err != nil {
		t.Fatal(err)
	}
	return revocation.Handler(who, checker)
}

func get(mux *authz.Mux, path string, caller map[string]any) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if caller != nil {
		r = authztest.FrontOf(mux).As(r, caller)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

const (
	nothing = `{"revoked":[]}`
	leaked  = `{"revoked":[{"client":"robot"}]}`
)

// TestBites: a revocation takes effect within MaxAge, counted from the moment when
// the source has it, and at the same time for a token that was granted before.
func TestBites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		s.set(nothing)
		mux := api(t, s)
		token := robot()
		start := time.Now()
		var revoked time.Time
		for second := range 30 {
			if second == 3 {
				s.set(leaked)
				revoked = time.Now()
			}
			w := get(mux, "/report", token)
			if w.Code == http.StatusUnauthorized {
				took := time.Since(revoked)
				t.Logf("refused %v after the revocation, with %d reads in %v", took, s.reads.Load(), time.Since(start))
				if revoked.IsZero() || took > 10*time.Second {
					t.Errorf("refused %v after the revocation, want at most 10 s", took)
				}
				if got := w.Header().Get("WWW-Authenticate"); got != `Bearer realm="api", error="invalid_token"` {
					t.Errorf("challenge %q", got)
				}
				return
			}
			if w.Code != http.StatusOK {
				t.Fatalf("second %d: status %d", second, w.Code)
			}
			time.Sleep(time.Second)
		}
		t.Error("never refused")
	})
}

func TestEntries(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	stamp := now.Format(time.RFC3339)
	tests := map[string]struct {
		list   string
		change func(map[string]any)
		want   int
	}{
		"nothing":                   {`[]`, nil, 200},
		"client":                    {`[{"client":"robot"}]`, nil, 401},
		"another client":            {`[{"client":"robot2"}]`, nil, 200},
		"client of another case":    {`[{"client":"Robot"}]`, nil, 200},
		"the second entry":          {`[{"client":"robot2"},{"client":"robot"}]`, nil, 401},
		"subject":                   {`[{"subject":"robot"}]`, nil, 401},
		"subject of the issuer":     {`[{"issuer":"` + issuer + `","subject":"robot"}]`, nil, 401},
		"subject of another issuer": {`[{"issuer":"https://id.example.com","subject":"robot"}]`, nil, 200},
		"subject of another client": {`[{"client":"robot2","subject":"robot"}]`, nil, 200},
		"client by azp": {`[{"client":"robot"}]`, func(c map[string]any) {
			delete(c, "client_id")
			c["azp"] = "robot"
		}, 401},
		"issued before":                    {`[{"issued_before":"` + stamp + `"}]`, func(c map[string]any) { c["iat"] = now.Unix() - 1 }, 401},
		"issued at that time":              {`[{"issued_before":"` + stamp + `"}]`, func(c map[string]any) { c["iat"] = now.Unix() }, 200},
		"client's issued before":           {`[{"client":"robot","issued_before":"` + stamp + `"}]`, func(c map[string]any) { c["iat"] = now.Unix() - 1 }, 401},
		"client's issued after":            {`[{"client":"robot","issued_before":"` + stamp + `"}]`, func(c map[string]any) { c["iat"] = now.Unix() + 1 }, 200},
		"another client's issued before":   {`[{"client":"robot2","issued_before":"` + stamp + `"}]`, func(c map[string]any) { c["iat"] = now.Unix() - 1 }, 200},
		"no word about when it was issued": {`[{"issued_before":"` + stamp + `"}]`, func(c map[string]any) { delete(c, "iat") }, 401},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := new(source)
			s.set(`{"revoked":` + test.list + `}`)
			caller := robot()
			if test.change != nil {
				test.change(caller)
			}
			if w := get(api(t, s), "/report", caller); w.Code != test.want {
				t.Errorf("status %d, want %d", w.Code, test.want)
			}
		})
	}
}

// TestOutages: what the source does, second by second, and what a caller sees. The
// last good list counts for five minutes, then nobody who needs it passes.
func TestOutages(t *testing.T) {
	down := errors.New("unreachable")
	type step struct {
		after time.Duration
		do    func(*source)
		want  int
	}
	fail := func(s *source) { s.fail(down) }
	tests := map[string][]step{
		"down from the start":          {{0, fail, 503}, {500 * time.Millisecond, nil, 503}, {time.Minute, nil, 503}},
		"comes up":                     {{0, fail, 503}, {time.Second, func(s *source) { s.set(nothing) }, 200}},
		"comes up with a revocation":   {{0, fail, 503}, {time.Second, func(s *source) { s.set(leaked) }, 401}},
		"down for a while":             {{0, nil, 200}, {11 * time.Second, fail, 200}, {4 * time.Minute, nil, 200}, {time.Second, func(s *source) { s.set(nothing) }, 200}, {4 * time.Minute, fail, 200}},
		"down for too long":            {{0, nil, 200}, {4 * time.Minute, fail, 200}, {59 * time.Second, nil, 200}, {time.Second, nil, 503}, {time.Hour, nil, 503}, {time.Second, func(s *source) { s.set(nothing) }, 200}},
		"down while revoked":           {{0, func(s *source) { s.set(leaked) }, 401}, {4 * time.Minute, fail, 401}, {time.Minute, nil, 503}},
		"hangs from the start":         {{0, func(s *source) { s.hangs.Store(true) }, 503}},
		"hangs later":                  {{0, nil, 200}, {11 * time.Second, func(s *source) { s.hangs.Store(true) }, 200}, {5 * time.Minute, nil, 503}},
		"not JSON":                     {{0, func(s *source) { s.set("<html>") }, 503}},
		"empty":                        {{0, func(s *source) { s.set("") }, 503}},
		"null":                         {{0, func(s *source) { s.set("null") }, 503}},
		"an object without the member": {{0, func(s *source) { s.set("{}") }, 503}},
		"an empty entry":               {{0, func(s *source) { s.set(`{"revoked":[{}]}`) }, 503}},
		"a mistyped name":              {{0, func(s *source) { s.set(`{"revoked":[{"clientId":"robot"}]}`) }, 503}},
		"two lists":                    {{0, func(s *source) { s.set(`{"revoked":[{"client":"robot"}],"revoked":[]}`) }, 503}},
		"two lists, one in capitals":   {{0, func(s *source) { s.set(`{"revoked":[{"client":"robot"}],"REVOKED":[]}`) }, 503}},
		"two clients in an entry":      {{0, func(s *source) { s.set(`{"revoked":[{"client":"robot","client":"crawler"}]}`) }, 503}},
		"two objects":                  {{0, func(s *source) { s.set(nothing + leaked) }, 503}},
		"cut off":                      {{0, func(s *source) { s.set(leaked[:len(leaked)-1]) }, 503}},
		"malformed after a good one":   {{0, nil, 200}, {11 * time.Second, func(s *source) { s.set("{") }, 200}, {5 * time.Minute, nil, 503}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := new(source)
				s.set(nothing)
				mux := api(t, s)
				for i, step := range steps {
					time.Sleep(step.after)
					if step.do != nil {
						step.do(s)
					}
					before := time.Now()
					w := get(mux, "/report", robot())
					if w.Code != step.want {
						t.Errorf("step %d: status %d, want %d", i+1, w.Code, step.want)
					}
					if w.Code == 503 && w.Header().Get("Retry-After") != "1" {
						t.Errorf("step %d: Retry-After %q", i+1, w.Header().Get("Retry-After"))
					}
					if took := time.Since(before); took > time.Second {
						t.Errorf("step %d: the caller waited %v", i+1, took)
					}
					if w := get(mux, "/hello", nil); w.Code != 200 {
						t.Errorf("step %d: status %d of what is public", i+1, w.Code)
					}
					if w := get(mux, "/report", nil); w.Code != 401 {
						t.Errorf("step %d: status %d for a stranger", i+1, w.Code)
					}
				}
			})
		})
	}
}

// TestOneReads: of many requests at once one reads the list, and a source that fails
// is left alone for a second.
func TestOneReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		s.set(nothing)
		mux := api(t, s)
		all := func(want int) {
			var callers sync.WaitGroup
			for range 50 {
				callers.Go(func() {
					if w := get(mux, "/report", robot()); w.Code != want {
						t.Errorf("status %d, want %d", w.Code, want)
					}
				})
			}
			callers.Wait()
		}
		all(200)
		if got := s.reads.Load(); got != 1 {
			t.Errorf("%d reads, want 1", got)
		}
		time.Sleep(6 * time.Minute)
		s.fail(errors.New("unreachable"))
		all(503)
		if got := s.reads.Load(); got != 2 {
			t.Errorf("%d reads, want 2", got)
		}
	})
}

// TestReaderGone: the client of the request that reads the list goes. That is no failure
// of the source for anybody else.
func TestReaderGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(ctx context.Context) ([]byte, error) {
			select {
			case <-time.After(500 * time.Millisecond):
				return []byte(nothing), nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		checker, err := revocation.NewChecker(revocation.Config{Source: slow})
		if err != nil {
			t.Fatal(err)
		}
		mux := revocation.Handler(who, checker)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		r := authztest.FrontOf(mux).As(httptest.NewRequestWithContext(ctx, "GET", "/report", nil), robot())
		mux.ServeHTTP(httptest.NewRecorder(), r)
		if w := get(mux, "/report", robot()); w.Code != 200 {
			t.Errorf("the next caller: status %d", w.Code)
		}
	})
}

// TestAge: a list is as old as the question for it, for it may lack what was revoked
// while it came.
func TestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads := 0
		checker, err := revocation.NewChecker(revocation.Config{Source: func(context.Context) ([]byte, error) {
			reads++
			time.Sleep(900 * time.Millisecond)
			return []byte(nothing), nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		mux := revocation.Handler(who, checker)
		start := time.Now()
		for _, test := range []struct {
			at   time.Duration // since the first question
			want int
		}{{0, 1}, {9999 * time.Millisecond, 1}, {10 * time.Second, 2}} {
			time.Sleep(time.Until(start.Add(test.at)))
			if w := get(mux, "/report", robot()); w.Code != 200 || reads != test.want {
				t.Errorf("after %v: status %d, %d reads, want %d", test.at, w.Code, reads, test.want)
			}
		}
	})
}

// TestURL reads what an HTTP server has, and takes an error page for no list.
func TestURL(t *testing.T) {
	status, content := http.StatusOK, leaked
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(content))
	}))
	defer server.Close()
	read := revocation.URL(server.URL)
	if got, err := read(t.Context()); err != nil || string(got) != leaked {
		t.Errorf("%q, %v", got, err)
	}
	status = http.StatusNotFound
	if _, err := read(t.Context()); err == nil {
		t.Error("a 404 was taken for a list")
	}
	status, content = http.StatusOK, string(make([]byte, 2<<20))
	if _, err := read(t.Context()); err == nil {
		t.Error("2 MB were taken for a list")
	}
}

func TestConfig(t *testing.T) {
	s := new(source)
	for name, c := range map[string]revocation.Config{
		"no source":         {},
		"negative MaxAge":   {Source: s.read, MaxAge: -1},
		"negative MaxStale": {Source: s.read, MaxStale: -1},
		"negative Timeout":  {Source: s.read, Timeout: -1},
	} {
		if _, err := revocation.NewChecker(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
