package claims_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var allSources = []claims.Source{
	claims.JWT, claims.Cognito, claims.NativeJWT, claims.LambdaAuthorizer, claims.SigV4, claims.ClientCertificate, claims.Lattice,
	claims.IdentityPool,
}

// everybody accepts whatever any front can say of a caller.
var everybody = claims.MustNew(claims.Config{
	Sources:           allSources,
	InsecureAnyIssuer: true,
	InsecureAnyAPI:    true,
	LambdaClaims:      map[string]string{"sub": "userId", "scope": "permissions", "tenant": "tenant", "level": "level", "verified": "verified", "groups": "roles"},
})

// The callers of testdata/events, as each kind of source describes them.
var (
	userPool = claims.Identity{
		Subject: "f2a4c6d8", Issuer: pool, ClientID: "4qr7", Username: "ada", TokenUse: "access", ID: "9c1d",
		Scopes:   []string{"notes-api/read", "notes-api/write"},
		Expiry:   time.Date(2024, 6, 18, 15, 0, 4, 0, time.UTC),
		IssuedAt: time.Date(2024, 6, 18, 14, 0, 4, 0, time.UTC),
		AuthTime: time.Date(2024, 6, 18, 14, 0, 4, 0, time.UTC),
	}
	lambdaUser = claims.Identity{Source: claims.LambdaAuthorizer, Subject: "ada", Scopes: []string{"notes-api/read", "notes-api/write"}}
	iamUser    = claims.Identity{Source: claims.SigV4, Subject: "AIDACKCEVSQ6C2EXAMPLE", IAM: &claims.IAM{
		AccessKeyID: "AKIAIOSFODNN7EXAMPLE", AccountID: "111122223333", CallerID: "AIDACKCEVSQ6C2EXAMPLE",
		UserARN: "arn:aws:iam::111122223333:user/ada", UserID: "AIDACKCEVSQ6C2EXAMPLE", OrgID: "o-a1b2c3d4e5",
	}}
	poolUser = claims.Identity{
		Source: claims.SigV4, Subject: "eu-west-1:6f1c2d3e-0000-4000-8000-00000000ada1", Issuer: "eu-west-1:0b1c2d3e-0000-4000-8000-000000000001",
		IAM: &claims.IAM{
			AccessKeyID: "ASIAIOSFODNN7EXAMPLE", AccountID: "123456789012", CallerID: "AROAZUFPDMJL6EXAMPLE:CognitoIdentityCredentials",
			UserARN: "arn:aws:sts::123456789012:assumed-role/notes-users/CognitoIdentityCredentials",
			UserID:  "AROAZUFPDMJL6EXAMPLE:CognitoIdentityCredentials", OrgID: "o-a1b2c3d4e5",
			CognitoIdentityID:     "eu-west-1:6f1c2d3e-0000-4000-8000-00000000ada1",
			CognitoIdentityPoolID: "eu-west-1:0b1c2d3e-0000-4000-8000-000000000001",
			CognitoAMR: []string{"authenticated", "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
				"cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI:CognitoSignIn:f2a4c6d8"},
		},
	}
	buoy = claims.Certificate{
		SubjectDN: "CN=buoy-7,O=Example", IssuerDN: "CN=Example CA", SerialNumber: "a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1",
		NotBefore: time.Date(2024, 5, 28, 12, 30, 2, 0, time.UTC), NotAfter: time.Date(2034, 8, 5, 9, 36, 4, 0, time.UTC),
	}
	buoyCaller = claims.Identity{
		Source: claims.ClientCertificate, Subject: buoy.SubjectDN, Issuer: buoy.IssuerDN, Expiry: buoy.NotAfter, Certificate: &buoy,
	}
	service = claims.Identity{Source: claims.Lattice, Subject: "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", IAM: &claims.IAM{
		UserARN: "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", OrgID: "o-a1b2c3d4e5",
	}}
)

// Every source on every front that can carry it.
var events = []struct {
	file  string
	front adapter.Format
	want  claims.Identity // without a Source: nobody
}{
	{"http-api-2.0-jwt", adapter.HTTPAPIV2, with(userPool, func(id *claims.Identity) { id.Source = claims.JWT })},
	{"http-api-1.0-jwt", adapter.HTTPAPIV1, with(userPool, func(id *claims.Identity) { id.Source = claims.JWT })},
	{"rest-cognito", adapter.RESTAPI, with(userPool, func(id *claims.Identity) { id.Source = claims.Cognito })},
	{"rest-jwt", adapter.RESTAPI, with(userPool, func(id *claims.Identity) { id.Source = claims.NativeJWT })},
	{"http-api-2.0-lambda-simple", adapter.HTTPAPIV2, lambdaUser},
	{"http-api-2.0-lambda-policy", adapter.HTTPAPIV2, lambdaUser},
	{"http-api-2.0-lambda-no-context", adapter.HTTPAPIV2, claims.Identity{}},
	{"http-api-1.0-lambda", adapter.HTTPAPIV1, lambdaUser},
	{"rest-lambda-token", adapter.RESTAPI, lambdaUser},
	{"rest-lambda-request", adapter.RESTAPI, lambdaUser},
	{"websocket-lambda-connect", adapter.WebSocketAPI, lambdaUser},
	{"websocket-lambda-message", adapter.WebSocketAPI, lambdaUser},
	{"http-api-2.0-iam", adapter.HTTPAPIV2, iamUser},
	{"function-url-iam", adapter.FunctionURL, iamUser},
	{"rest-iam", adapter.RESTAPI, iamUser},
	{"rest-private-iam", adapter.RESTAPI, iamUser},
	{"http-api-2.0-iam-pool", adapter.HTTPAPIV2, poolUser},
	{"function-url-iam-pool", adapter.FunctionURL, poolUser},
	{"rest-iam-pool", adapter.RESTAPI, with(poolUser, func(id *claims.Identity) {
		iam := *id.IAM
		iam.CognitoAMR = []string{"authenticated"}
		id.IAM = &iam
	})},
	{"http-api-2.0-iam-guest", adapter.HTTPAPIV2, claims.Identity{}},
	{"rest-iam-guest", adapter.RESTAPI, claims.Identity{}},
	{"http-api-2.0-mtls", adapter.HTTPAPIV2, buoyCaller},
	{"http-api-1.0-mtls", adapter.HTTPAPIV1, buoyCaller},
	{"rest-mtls", adapter.RESTAPI, buoyCaller},
	{"http-api-2.0-mtls-jwt", adapter.HTTPAPIV2, with(userPool, func(id *claims.Identity) { id.Source, id.Certificate = claims.JWT, &buoy })},
	{"lattice-iam", adapter.LatticeV2, service},
	{"lattice-none", adapter.LatticeV2, claims.Identity{}},
	{"rest-api-key", adapter.RESTAPI, claims.Identity{}},
	{"rest-api-key-cognito", adapter.RESTAPI, with(userPool, func(id *claims.Identity) { id.Source, id.APIKeyID = claims.Cognito, "k1e2y3i4d5" })},
	{"alb", adapter.ALB, claims.Identity{}},
}

func with(id claims.Identity, change func(*claims.Identity)) claims.Identity {
	change(&id)
	return id
}

func TestEventsOfEverySource(t *testing.T) {
	for _, row := range events {
		t.Run(row.file, func(t *testing.T) {
			r := recorded(t, row.file)
			if event, _ := adapter.FromContext(r.Context()); event.Format() != row.front {
				t.Fatalf("the event's format is %v, want %v", event.Format(), row.front)
			}
			got, err := everybody.Identify(r)
			if row.want.Source == 0 {
				if got != nil {
					t.Errorf("got %+v, want nobody", got)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&row.want, got, cmpopts.IgnoreUnexported(claims.Identity{}, claims.Certificate{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A source that Config does not list is nobody, on any front.
func TestOnlyListedSourcesCount(t *testing.T) {
	for _, row := range events {
		for _, listed := range allSources {
			e := claims.MustNew(claims.Config{Sources: []claims.Source{listed}, InsecureAnyIssuer: true, InsecureAnyAPI: true,
				LambdaClaims: contextOf(listed)})
			got, err := e.Identify(recorded(t, row.file))
			if want := row.want.Source == listed; (got != nil) != want || want && err != nil {
				t.Errorf("%s, listed %v: %v, %v, want an Identity: %v", row.file, listed, got, err, want)
			}
		}
	}
}

func contextOf(listed claims.Source) map[string]string {
	if listed != claims.LambdaAuthorizer {
		return nil
	}
	return map[string]string{"sub": "userId"}
}

// The default Sources are those of tokens.
func TestDefaultSources(t *testing.T) {
	for _, row := range events {
		want := row.want.Source == claims.JWT || row.want.Source == claims.Cognito || row.want.Source == claims.NativeJWT
		r := recorded(t, row.file)
		if got, err := anyone.Identify(r); (got != nil) != want {
			t.Errorf("%s: %v, %v, want an Identity: %v", row.file, got, err, want)
		}
		if got, ok := claims.FromContext(r.Context()); ok {
			t.Errorf("%s: FromContext = %v, although nobody was put there", row.file, got)
		}
	}
}

// No two callers of different sources own the same data.
func TestKeysOfEverySource(t *testing.T) {
	owners := map[string]claims.Identity{}
	for _, row := range events {
		if row.want.Source == 0 {
			continue
		}
		key := row.want.Key()
		if other, taken := owners[key]; taken && (other.Subject != row.want.Subject || other.Issuer != row.want.Issuer) {
			t.Errorf("%q is the key of %v and %v", key, other, row.want)
		}
		owners[key] = row.want
	}
	if len(owners) != 6 {
		t.Errorf("%d owners, want the 6 callers", len(owners))
	}
}

// recorded returns the request of a file in testdata/events.
func recorded(t testing.TB, file string) *http.Request {
	t.Helper()
	event, err := os.ReadFile(filepath.Join("testdata", "events", file+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return request(t, string(event))
}

// invokedBy is a request in an invocation by a client with a Cognito identity.
func invokedBy(r *http.Request, id, pool string) *http.Request {
	lc := &lambdacontext.LambdaContext{Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: id, CognitoIdentityPoolID: pool}}
	return r.WithContext(lambdacontext.NewContext(context.WithoutCancel(r.Context()), lc))
}
