package claims_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// The same name at two pinned APIs is two callers, unless an issuer says that
// they are one.
func TestKeysOfTwoAPIs(t *testing.T) {
	const two = "b2c3d4"
	pins := []string{"a1b2c3", "a1b2c3d4e5", two}
	plain := claims.MustNew(claims.Config{Sources: []claims.Source{claims.LambdaAuthorizer, claims.ClientCertificate}, APIs: pins})
	issued := claims.MustNew(claims.Config{Sources: []claims.Source{claims.LambdaAuthorizer}, APIs: pins,
		LambdaClaims: map[string]string{"sub": "principalId", "iss": "from"}})
	for name, row := range map[string]struct {
		e     *claims.Extractor
		event string
		same  bool
	}{
		"principalId":        {plain, eventOf(adapter.RESTAPI, `{"principalId":"ada"}`), false},
		"WebSocket API":      {plain, eventOf(adapter.WebSocketAPI, `{"principalId":"ada"}`), false},
		"without its issuer": {issued, eventOf(adapter.RESTAPI, `{"principalId":"ada"}`), false},
		"of one issuer":      {issued, eventOf(adapter.RESTAPI, `{"principalId":"ada","from":"https://a.example"}`), true},
		"certificate":        {plain, eventWith(t, "rest-mtls", requestContextOf(t, "rest-mtls")), false},
	} {
		other := strings.NewReplacer(`"apiId":"a1b2c3"`, `"apiId":"`+two+`"`, `"apiId":"a1b2c3d4e5"`, `"apiId":"`+two+`"`).Replace(row.event)
		one, another := identify(t, row.e, request(t, row.event)).Key(), identify(t, row.e, request(t, other)).Key()
		if (one == another) != row.same {
			t.Errorf("%s: keys %q and %q, want the same: %v", name, one, another, row.same)
		}
	}
}

// An API's id takes no part of a key over from the issuer.
func TestKeyOfAnAPIIsNotAnIssuers(t *testing.T) {
	e := claims.MustNew(claims.Config{Sources: []claims.Source{claims.LambdaAuthorizer}, APIs: []string{"a1b2c3"},
		LambdaClaims: map[string]string{"sub": "principalId", "iss": "from"}})
	local := identify(t, e, requestFrom(t, adapter.RESTAPI, `{"principalId":"ada"}`))
	posing := identify(t, e, requestFrom(t, adapter.RESTAPI, `{"principalId":"0:3:ada","from":"a1b2c3"}`))
	if local.Key() == posing.Key() {
		t.Errorf("both have the key %q", local.Key())
	}
}

// Code that changes an Identity's certificate changes it for nobody else.
func TestCertificatesAreNotShared(t *testing.T) {
	r := recorded(t, "rest-mtls")
	identify(t, everybody, r).Certificate.SubjectDN = "CN=admin"
	if again := identify(t, everybody, r); again.Subject != buoy.SubjectDN || again.Certificate.SubjectDN != buoy.SubjectDN {
		t.Errorf("the next Identity of the request is %q, %q", again.Subject, again.Certificate.SubjectDN)
	}
}

func TestSourceInJSON(t *testing.T) {
	text, err := json.Marshal(map[string]claims.Source{"is": claims.NativeJWT, "was": 0})
	if want := `{"is":"native JWT authorizer","was":"nobody"}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
}

// A logger that is given an Identity does not write who that is.
func TestIdentityInALog(t *testing.T) {
	for want, id := range map[string]*claims.Identity{
		"JWT authorizer": identify(t, anyone, requestFrom(t, adapter.HTTPAPIV2, jwtV2)),
		"nobody":         nil,
	} {
		var line strings.Builder
		for _, h := range []slog.Handler{slog.NewJSONHandler(&line, nil), slog.NewTextHandler(&line, nil)} {
			slog.New(h).Info("asked", "caller", id)
		}
		if got := line.String(); strings.Count(got, want) != 2 || strings.Contains(got, "f2a4") || strings.Contains(got, "ada") {
			t.Errorf("logged %s, want %q alone", got, want)
		}
	}
}

func TestKeepsTypes(t *testing.T) {
	typed := []claims.Source{claims.NativeJWT, claims.SigV4, claims.ClientCertificate, claims.Lattice, claims.IdentityPool, claims.Verified}
	for source := range claims.Verified + 2 {
		want := false
		for _, s := range typed {
			want = want || s == source
		}
		if got := source.KeepsTypes(); got != want {
			t.Errorf("%v: %v, want %v", source, got, want)
		}
	}
}
