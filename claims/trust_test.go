package claims_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
)

func TestExtractorDescribesItself(t *testing.T) {
	for want, config := range map[string]claims.Config{
		"JWT authorizer; issuer https://a.example, https://b.example; API a1b2; stage $default": {
			Sources: []claims.Source{claims.JWT},
			Issuers: []string{"https://b.example", "https://a.example"},
			APIs:    []string{"a1b2"},
			Stages:  []string{"$default"},
		},
		"JWT authorizer, Cognito authorizer, native JWT authorizer; any issuer": {InsecureAnyIssuer: true},
	} {
		if got := claims.MustNew(config).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTrustIsDescribedByItsPins(t *testing.T) {
	for want, config := range map[string]claims.Config{
		"JWT authorizer, AWS signature; issuer https://a.example (company, staff); account 123456789012": {
			Sources:     []claims.Source{claims.JWT, claims.SigV4},
			Issuers:     []string{"https://a.example"},
			IssuerNames: map[string]string{"staff": "https://a.example", "company": "https://a.example"},
			Accounts:    []string{"123456789012"},
		},
		"AWS signature; any API": {Sources: []claims.Source{claims.SigV4}, InsecureAnyAPI: true},
	} {
		if got := claims.MustNew(config).Trust().String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTrustIsACopy(t *testing.T) {
	e := claims.MustNew(claims.Config{Issuers: []string{pool}, IssuerNames: map[string]string{"staff": pool}, ScopeClaim: "permissions"})
	got := e.Trust()
	want := claims.Trust{
		Sources:     []claims.Source{claims.JWT, claims.Cognito, claims.NativeJWT},
		Issuers:     []string{pool},
		IssuerNames: map[string]string{"staff": pool},
		ScopeClaim:  "permissions",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got.Sources[0], got.Issuers[0], got.IssuerNames["staff"] = claims.SigV4, "https://evil.example", "https://evil.example"
	if diff := cmp.Diff(want, e.Trust()); diff != "" {
		t.Errorf("after a change of the copy: -want +got:\n%s", diff)
	}
}

// An Extractor that nobody made, and one without any rules, know nobody, also
// behind an interface.
func TestNilAndZeroExtractorKnowNobody(t *testing.T) {
	r := requestFrom(t, adapter.HTTPAPIV2, jwtV2)
	for _, nobody := range []*claims.Extractor{nil, {}} {
		if id, _ := nobody.Identify(r); id != nil {
			t.Errorf("Identify = %+v", id)
		}
		if id, _ := nobody.IdentifyContext(r.Context()); id != nil {
			t.Errorf("IdentifyContext = %+v", id)
		}
		if got := nobody.Trust(); !cmp.Equal(got, claims.Trust{}) || nobody.String() != "nobody" {
			t.Errorf("Trust = %+v, String = %q, want nobody", got, nobody)
		}
		nobody.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if id, ok := claims.FromContext(r.Context()); ok {
				t.Errorf("behind Wrap: %+v", id)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
	if id, _ := (*claims.Extractor)(nil).IdentifyVerified([]byte(`{"sub":"ada"}`), ""); id != nil {
		t.Errorf("IdentifyVerified = %+v", id)
	}
}
