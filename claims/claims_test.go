package claims_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Every source on every front that can carry it, saying the same of the caller.
var carried = []struct {
	front      adapter.Format
	source     claims.Source
	authorizer string
}{
	{adapter.HTTPAPIV2, claims.JWT, jwtV2},
	{adapter.HTTPAPIV1, claims.JWT, jwtV1},
	{adapter.RESTAPI, claims.Cognito, cognito},
	{adapter.RESTAPI, claims.NativeJWT, native},
}

func TestEverySourceGivesTheSameIdentity(t *testing.T) {
	for _, row := range carried {
		t.Run(row.source.String()+"/"+row.front.String(), func(t *testing.T) {
			got := identify(t, anyone, requestFrom(t, row.front, row.authorizer))
			want := &claims.Identity{
				Source:   row.source,
				Subject:  "f2a4c6d8",
				Issuer:   pool,
				ClientID: "4qr7",
				Username: "ada",
				TokenUse: "access",
				ID:       "9c1d",
				Scopes:   []string{"notes-api/read", "notes-api/write"},
				Expiry:   time.Date(2024, 6, 18, 15, 0, 4, 0, time.UTC),
				IssuedAt: time.Date(2024, 6, 18, 14, 0, 4, 0, time.UTC),
				AuthTime: time.Date(2024, 6, 18, 14, 0, 4, 0, time.UTC),
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(claims.Identity{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if want := "5:token" + "63:" + pool + "8:f2a4c6d8"; got.Key() != want {
				t.Errorf("Key() = %q, want %q", got.Key(), want)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	pinned := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
	for name, row := range map[string]struct {
		wrap func(http.Handler) http.Handler
		want bool
	}{"accepted": {anyone.Wrap, true}, "pinned out": {pinned.Wrap, false}} {
		served := false
		h := row.wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			served = true
			if id, ok := claims.FromContext(r.Context()); ok != row.want || (id != nil) != row.want {
				t.Errorf("%s: FromContext = %v, %v, want an Identity: %v", name, id, ok, row.want)
			}
		}))
		h.ServeHTTP(httptest.NewRecorder(), requestFrom(t, adapter.HTTPAPIV2, jwtV2))
		if !served {
			t.Errorf("%s: the handler was not called", name)
		}
	}
}

func TestFromContext(t *testing.T) {
	event := background(t, eventOf(adapter.HTTPAPIV2, jwtV2))
	given := newIdentity(t, claims.Verified, `{"sub":"given"}`)
	for name, row := range map[string]struct {
		ctx  context.Context
		want string // Subject
	}{
		"nothing":                {context.Background(), ""},
		"event":                  {event, ""},
		"given":                  {claims.NewContext(context.Background(), given), "given"},
		"given before the event": {claims.NewContext(event, given), "given"},
		"nobody in spite of it":  {claims.NewContext(event, nil), ""},
		"zero Identity":          {claims.NewContext(event, &claims.Identity{}), ""},
		"last one given":         {claims.NewContext(claims.NewContext(event, nil), given), "given"},
		"hidden event":           {adapter.NewContext(event, nil), ""},
	} {
		id, ok := claims.FromContext(row.ctx)
		if ok != (id != nil) || ok != (row.want != "") || ok && id.Subject != row.want {
			t.Errorf("%s: %v, %v, want subject %q", name, id, ok, row.want)
		}
	}
}

// An event that anyone's API could have sent names nobody to code that asks
// without pins: neither behind an unguarded handler nor in the context at all.
func TestForgedEventNamesNobodyWithoutAnExtractor(t *testing.T) {
	forged := `{"jwt":{"claims":{"iss":"https://evil.example","sub":"admin","scope":"notes/write"},"scopes":null}}`
	served := false
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		served = true
		if id, ok := claims.FromContext(r.Context()); ok || id != nil {
			t.Errorf("FromContext = %+v, %v, want nobody", id, ok)
		}
	}), nil)
	if _, err := h.Invoke(context.Background(), []byte(eventOf(adapter.HTTPAPIV2, forged))); err != nil || !served {
		t.Errorf("served: %v, %v", served, err)
	}
}
