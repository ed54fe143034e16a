package local_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestRequestLines(t *testing.T) {
	rows := []struct{ method, target, want string }{
		{"GET", "/hello", `GET "/hello" ANY /{proxy+} 200 T`},
		{"GET", "/", `GET "/" ANY / 200 T`},
		{"GET", "/hello?token=secret", `GET "/hello" ANY /{proxy+} 200 T`},
		{"GET", "/a%2Fb", `GET "/a%2Fb" ANY /{proxy+} 200 T`},
		{"GET", "/caf%C3%A9", `GET "/caf%C3%A9" ANY /{proxy+} 200 T`},
		{"GET", "/x%0AGET%20%22/admin%22%20200", `GET "/x%0AGET%20%22/admin%22%20200" ANY /{proxy+} 200 T`},
		{"GET", `/"\`, `GET "/%22%5C" ANY /{proxy+} 200 T`},
		{"POST", "/scope", `POST "/scope" ANY /{proxy+} 403 function: needs notes-api/read notes-api/write T`},
		{"GET", "/nobody", `GET "/nobody" ANY /{proxy+} 401 function: needs a token T`},
		{"GET", "/invalid", `GET "/invalid" ANY /{proxy+} 401 function: invalid_token T`},
		{"GET", "/basic", `GET "/basic" ANY /{proxy+} 401 function T`},
		{"GET", "/silent", `GET "/silent" ANY /{proxy+} 403 function T`},
		{"GET", "/forged", `GET "/forged" ANY /{proxy+} 403 function T`},
		{"GET", "/missing", `GET "/missing" ANY /{proxy+} 404 T`},
	}
	var want []string
	output := serve(t, http.HandlerFunc(app), &local.Options{}, func(url string) {
		for _, row := range rows {
			send(t, row.method, url, row.target, "")
			want = append(want, row.want)
		}
	})
	if diff := cmp.Diff(want, requestLines(output)); diff != "" {
		t.Errorf("request lines (-want +got):\n%s", diff)
	}
}

func TestGatewaysRefusalsArePrinted(t *testing.T) {
	opts := &local.Options{Routes: []gateway.Route{{Key: "GET /hello"}}}
	output := serve(t, http.HandlerFunc(app), opts, func(url string) {
		if status, _ := send(t, "GET", url, "/other", ""); status != 404 {
			t.Errorf("status = %d, want 404", status)
		}
	})
	if want := `GET "/other" - 404 gateway: no such route T`; !strings.Contains(output, want) {
		t.Errorf("output:\n%s\nwant in it: %s", output, want)
	}
}

// The gateway's refusal of a preflight says what to change; that of another OPTIONS
// request is like any other.
func TestRefusedPreflightsArePrinted(t *testing.T) {
	output := withIssuer(t, local.Options{}, func(url string, _ *local.Issuer, _ string) {
		for _, origin := range []string{"", "https://page.example"} {
			r, err := http.NewRequest("OPTIONS", url+"/notes", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Access-Control-Request-Method", "GET")
			if origin != "" {
				r.Header.Set("Origin", origin)
			}
			response, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
		}
	})
	want := []string{
		`OPTIONS "/notes" ANY /{proxy+} 401 gateway: no token T`,
		`OPTIONS "/notes" ANY /{proxy+} 401 gateway: no token: a CORS preflight never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the handler T`,
	}
	if diff := cmp.Diff(want, requestLines(output)); diff != "" {
		t.Errorf("request lines (-want +got):\n%s", diff)
	}
}

// TestRESTRenamesChallenges: the reason is read all the same.
func TestRESTRenamesChallenges(t *testing.T) {
	output := serve(t, http.HandlerFunc(app), &local.Options{Format: adapter.RESTAPI}, func(url string) {
		send(t, "GET", url, "/prod/scope", "")
	})
	want := []string{`GET "/prod/scope" ANY /{proxy+} 403 function: needs notes-api/read notes-api/write T`}
	if diff := cmp.Diff(want, requestLines(output)); diff != "" {
		t.Errorf("request lines (-want +got):\n%s", diff)
	}
}

// failing is a function whose error tries to print a line of its own.
type failing struct{}

func (failing) Invoke(context.Context, []byte) ([]byte, error) {
	return nil, errors.New("out of luck\nGET \"/admin\" 200")
}

func TestFailuresArePrintedOnOneLine(t *testing.T) {
	opts := &local.Options{Configure: func(g *gateway.Config) { g.Function = failing{} }}
	output := serve(t, http.HandlerFunc(app), opts, func(url string) {
		if status, _ := send(t, "GET", url, "/", ""); status != 500 {
			t.Errorf("status = %d, want 500", status)
		}
	})
	want := []string{`GET "/" ANY / 500 gateway: "the function failed: out of luck\nGET \"/admin\" 200" T`}
	if diff := cmp.Diff(want, requestLines(output)); diff != "" {
		t.Errorf("request lines (-want +got):\n%s", diff)
	}
}

// app answers as the path says.
func app(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, challenge string) {
		if challenge != "" {
			w.Header().Set("WWW-Authenticate", challenge)
		}
		w.WriteHeader(status)
	}
	switch r.URL.Path {
	case "/scope":
		refuse(403, `Bearer realm="notes", error="insufficient_scope", scope="notes-api/read notes-api/write"`)
	case "/nobody":
		refuse(401, `Bearer realm="notes"`)
	case "/invalid":
		refuse(401, `Bearer error="invalid_token", error_description="alice's token"`)
	case "/basic":
		refuse(401, `Basic realm="error=\"x\""`)
	case "/silent":
		refuse(403, "")
	case "/forged":
		refuse(403, "Bearer error=\"x\n200 \u202e\", scope=\"a\"")
	case "/missing":
		refuse(404, "")
	default:
		_, _ = io.WriteString(w, r.URL.Path)
	}
}

// TestVerdictsArePrinted: the line has the Guard's or the adapter's own words,
// and tells a Mux's 404 from a handler's.
func TestVerdictsArePrinted(t *testing.T) {
	mux := authz.NewMux(&authz.Guard{Identifier: claims.MustNew(claims.Config{InsecureAnyIssuer: true})})
	mux.HandleFunc("GET /admin", authz.Groups("admin"), func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /lost", authz.Public(), http.NotFound)
	mux.HandleFunc("GET /panics", authz.Public(), func(http.ResponseWriter, *http.Request) { panic("x") })
	opts := local.Options{
		Adapter: &adapter.Options{Logger: slog.New(slog.DiscardHandler)},
		Routes:  []gateway.Route{{Key: "GET /open/{proxy+}", Open: true}, {Key: "GET /lost", Open: true}, {Key: "GET /panics", Open: true}, {Key: "ANY /{proxy+}"}},
	}
	output := withIssuerAnd(t, mux, opts, func(url string, issuer *local.Issuer, _ string) {
		token, err := issuer.Token(map[string]any{"sub": "ada", "client_id": "reader"})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/admin", "/nowhere", "/lost", "/panics", "/open/x"} {
			call(t, url+path, token)
		}
	})
	want := []string{
		`GET "/admin" ANY /{proxy+} 403 function: needs group "admin" T`,
		`GET "/nowhere" ANY /{proxy+} 404 function: no route is registered for this method and path T`,
		`GET "/lost" GET /lost 404 T`,
		`GET "/panics" GET /panics 500 adapter: the handler panicked T`,
		`GET "/open/x" GET /open/{proxy+} 401 function: a token was sent, but the event names no caller: does this route of the gateway have an authorizer? T`,
	}
	if diff := cmp.Diff(want, requestLines(output)); diff != "" {
		t.Errorf("request lines (-want +got):\n%s", diff)
	}
}

// Where nobody refused a stream that broke off, the line says only what became of it.
func TestBrokenStreamsArePrinted(t *testing.T) {
	for _, row := range []struct {
		record gateway.Record
		want   string
	}{
		{gateway.Record{Status: 200, Reason: "the stream broke off", Err: context.Canceled}, "the stream broke off: context canceled"},
		{gateway.Record{Status: 200, Err: context.Canceled}, "context canceled"},
		{gateway.Record{Status: 403, RefusedBy: "gateway", Reason: "scope missing"}, "gateway: scope missing"},
		{gateway.Record{Status: 200}, ""},
	} {
		if got := local.Refusal(row.record); got != row.want {
			t.Errorf("%+v: %q, want %q", row.record, got, row.want)
		}
	}
}
