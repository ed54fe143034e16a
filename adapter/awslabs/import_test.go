package awslabs_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
	"github.com/gatehouse-go/gatehouse/claims"
)

// extracted is what claims finds in a request; the zero value is nobody.
type extracted struct {
	Key, Source string
	Scopes      []string
	Groups      []string
	Expiry      int64
	IAM         claims.IAM
	Certificate string
}

var anyone = claims.MustNew(claims.Config{
	Sources: []claims.Source{
		claims.JWT, claims.Cognito, claims.NativeJWT, claims.LambdaAuthorizer, claims.SigV4, claims.ClientCertificate,
	},
	InsecureAnyIssuer: true,
	InsecureAnyAPI:    true,
	LambdaClaims:      map[string]string{"sub": "userId", "scope": "permissions"},
})

// extracting is a handler that looks for the caller.
func extracting(into *extracted) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*into = extracted{}
		if id, err := anyone.Identify(r); err == nil && id != nil {
			*into = extracted{Key: id.Key(), Source: id.Source.String(), Scopes: id.Scopes, Expiry: id.Expiry.Unix()}
			into.Groups, _ = id.List("cognito:groups")
			if id.IAM != nil {
				into.IAM = *id.IAM
			}
			if id.Certificate != nil {
				into.Certificate = id.Certificate.SubjectDN
			}
		}
		io.WriteString(w, "asked")
	})
}

// The Event of the adapter is the oracle: claims must find the same caller in
// what Import makes of the library's values, and in what ProxyWithContext makes
// of a typed event. The events are those of package claims: every source on
// every front.
func TestCallers(t *testing.T) {
	files, err := filepath.Glob("../../claims/testdata/events/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no events: %v", err)
	}
	callers := make(map[string]bool)
	for _, file := range files {
		event, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := adapter.ParseEvent(event)
		if err != nil {
			t.Fatal(err)
		}
		front := parsed.Format()
		if _, known := fronts[front]; !known {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want, imported, typed extracted
			run(t, adapter.New(extracting(&want), nil).Invoke, event)
			run(t, onLibrary(front, awslabs.Import(extracting(&imported))), event)
			run(t, onProxy(front, extracting(&typed), nil), event)
			if front == adapter.RESTAPI {
				want.IAM.OrgID = "" // the library's type does not have it
			}
			if diff := cmp.Diff(want, imported); diff != "" {
				t.Errorf("Import: claims finds another caller than under adapter (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, typed); diff != "" {
				t.Errorf("ProxyWithContext: claims finds another caller than under adapter (-want +got):\n%s", diff)
			}
			callers[want.Source] = true
		})
	}
	if len(callers) < 6 { // without nobody, who may be among them
		t.Errorf("only %v were tried", callers)
	}
}

func TestImportEvent(t *testing.T) {
	each(t, func(t *testing.T, front adapter.Format) {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusNoContent) // without, the library fails
			event, ok := adapter.FromContext(r.Context())
			if !ok {
				t.Fatal("no Event")
			}
			if event.Format() != front {
				t.Errorf("Format = %v, want %v", event.Format(), front)
			}
			want := "notes-prod"
			if front == adapter.FunctionURL || front == adapter.ALB {
				want = ""
			}
			if got := event.StageVariable("table"); got != want {
				t.Errorf("StageVariable = %q, want %q", got, want)
			}
			var rc struct{ Stage string }
			if err := event.RequestContext(&rc); err != nil {
				t.Errorf("RequestContext: %v", err)
			}
		})
		run(t, onLibrary(front, awslabs.Import(h)), eventOf(front, ""))
	})
}

// Without the library, and without its context, nothing changes.
func TestImportNothing(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	h := http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
		if got != r {
			t.Error("Import changed a request that is not the library's")
		}
	})
	awslabs.Import(h).ServeHTTP(httptest.NewRecorder(), r)
}

// A program that has moved its main to adapter may leave Import where it is, and
// even Export around it: the real Event counts.
func TestImportUnderAdapter(t *testing.T) {
	var got extracted
	whole := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event, _ := adapter.FromContext(r.Context())
		if raw, err := event.Raw(); err != nil || string(raw) != string(eventOf(adapter.HTTPAPIV2, jwtV2)) {
			t.Error("the Event is not the one that came in")
		}
		extracting(&got).ServeHTTP(w, r)
	})
	run(t, exported(awslabs.Import(whole)), eventOf(adapter.HTTPAPIV2, jwtV2))
	if got.Source != "JWT authorizer" {
		t.Errorf("caller = %+v, want the JWT's", got)
	}
}

// Whoever invokes the function with a Cognito identity wrote the event.
func TestImportInvokedByClient(t *testing.T) {
	ctx := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: "eu-west-1:1", CognitoIdentityPoolID: "eu-west-1:2"},
	})
	var got extracted
	runWith(ctx, t, onLibrary(adapter.HTTPAPIV2, awslabs.Import(extracting(&got))), eventOf(adapter.HTTPAPIV2, jwtV2))
	if got.Key != "" {
		t.Errorf("caller = %+v, want nobody", got)
	}
}

// An authorizer's context that Lambda's own decoder took apart differently: the
// library has the last of two members, and claims must not see more than that.
func TestImportHostile(t *testing.T) {
	for name, authorizer := range map[string]struct {
		front adapter.Format
		json  string
	}{
		"Lambda context named claims":       {adapter.RESTAPI, `{"principalId":"user","claims":{"sub":"root","exp":4102444800}}`},
		"two kinds":                         {adapter.HTTPAPIV2, `{"jwt":{"claims":` + jwtClaims + `},"iam":{"userArn":"arn:aws:iam::1:root"}}`},
		"jwt on a function URL":             {adapter.FunctionURL, jwtV2},
		"jwt on an ALB":                     {adapter.ALB, jwtV2},
		"jwt in a Lambda authorizer's data": {adapter.HTTPAPIV2, `{"lambda":` + jwtV2 + `}`},
		"claims without subject":            {adapter.HTTPAPIV2, `{"jwt":{"claims":{"sub":null,"iss":"` + pool + `"}}}`},
		"no claims":                         {adapter.HTTPAPIV2, `{"jwt":{}}`},
		"payload 1.0's claims on REST":      {adapter.RESTAPI, jwtV1},
		"Cognito's claims on payload 1.0":   {adapter.HTTPAPIV1, cognito},
	} {
		t.Run(name, func(t *testing.T) {
			var got extracted
			run(t, onLibrary(authorizer.front, awslabs.Import(extracting(&got))), eventOf(authorizer.front, authorizer.json))
			if got.Key != "" {
				t.Errorf("caller = %+v, want nobody", got)
			}
		})
	}
}
