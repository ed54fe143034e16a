package echoauthz_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

const evil = `{"version":"2.0","routeKey":"ANY /{proxy+}","rawPath":"/notes","rawQueryString":"",
	"headers":{"authorization":"Bearer abc.def.ghi"},
	"requestContext":{"accountId":"123456789012","apiId":"a1b2c3",
		"authorizer":{"jwt":{"claims":{"iss":"https://evil.example","sub":"admin","scope":"notes/write"},"scopes":null}},
		"domainName":"a1b2c3.execute-api.eu-west-1.amazonaws.com",
		"http":{"method":"GET","path":"/notes","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl/8"},
		"requestId":"JKJaXmPLvHcESHA=","routeKey":"ANY /{proxy+}","stage":"$default","timeEpoch":1767225600000},
	"isBase64Encoded":false}`

// Without an Identifier no event names a caller, and a requirement finds in the
// context whom it is asked about.
func TestNobodyBelievesTheEvent(t *testing.T) {
	event, err := adapter.ParseEvent([]byte(evil))
	if err != nil {
		t.Fatal(err)
	}
	request := func(who string) *http.Request {
		r := as(who, "GET", "/notes")
		return r.WithContext(adapter.NewContext(r.Context(), event))
	}
	for _, opts := range []*echoauthz.Options{nil, {ErrorHandler: true}} {
		told := 0
		nobody := &authz.Guard{OnDecision: func(r *http.Request, d authz.Decision) {
			told++
			if id, ok := claims.FromContext(r.Context()); ok || d.Source != 0 || d.Result == authz.Granted {
				t.Errorf("without an Identifier OnDecision sees %v, source %v, %s", id, d.Source, d.Result)
			}
		}}
		for _, g := range []*authz.Guard{nil, new(authz.Guard), nobody} {
			e := echo.New()
			r := echoauthz.New(e, g, opts)
			reached := false
			r.GET("/notes", authz.Scope("notes/write"), func(echo.Context) error { reached = true; return nil })
			if w := serve(e, request("")); w.Code != 401 || reached {
				t.Errorf("without an Identifier: status %d, want 401; handler reached: %t", w.Code, reached)
			}
		}
		if told != 1 {
			t.Errorf("%d decisions told without an Identifier, want 1", told)
		}

		told = 0
		e := echo.New()
		r := echoauthz.New(e, &authz.Guard{Identifier: by(bearer), OnDecision: func(r *http.Request, d authz.Decision) {
			told++
			if id, ok := claims.FromContext(r.Context()); ok != (d.Source != 0) || ok && id.Subject != "user" {
				t.Errorf("OnDecision sees %v", id)
			}
		}}, opts)
		r.GET("/notes", authz.Func("f", func(r *http.Request, id *claims.Identity) error {
			if seen, _ := claims.FromContext(r.Context()); seen != id {
				t.Errorf("the requirement sees %v, asked about %v", seen, id)
			}
			return nil
		}), ran("notes"))
		if w := serve(e, request("user")); w.Code != 200 || w.Body.String() != "notes for user" {
			t.Errorf("a user: status %d, body %q", w.Code, w.Body)
		}
		if w := serve(e, request("")); w.Code != 401 {
			t.Errorf("nobody: status %d, want 401", w.Code)
		}
		if told != 2 {
			t.Errorf("%d decisions told, want 2", told)
		}
	}
}

// Behind the adapter the log says which policy is in force, and why a request was
// refused.
func TestTheLogExplains(t *testing.T) {
	e := echo.New()
	r := echoauthz.New(e, &authz.Guard{Identifier: by(bearer)}, nil)
	r.GET("/notes", authz.Scope("write"), ran("notes"))
	var log bytes.Buffer
	h := adapter.New(e, &adapter.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	known := strings.Replace(evil, "Bearer abc.def.ghi", "Bearer user", 1)
	for range 2 {
		if _, err := h.Invoke(t.Context(), []byte(known)); err != nil {
			t.Fatal(err)
		}
	}
	for part, want := range map[string]int{
		"authz: policy in force":          1,
		"authz.rules=1":                   1,
		"authz: refused":                  1,
		`authz.cause="needs scope write"`: 1,
		"http.route=/notes":               1,
	} {
		if got := strings.Count(log.String(), part); got != want {
			t.Errorf("%d times %q in the log, want %d:\n%s", got, part, want, &log)
		}
	}
}
