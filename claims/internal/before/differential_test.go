package before

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

const pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC"

// The same rules for both readings.
var configs = []Config{
	{
		Sources:           []Source{JWT, Cognito, NativeJWT, LambdaAuthorizer, SigV4, ClientCertificate, Lattice, IdentityPool},
		InsecureAnyIssuer: true, InsecureAnyAPI: true,
		LambdaClaims: map[string]string{"sub": "userId", "scope": "permissions", "tenant": "tenant", "iss": "iss", "exp": "exp", "cognito:groups": "roles"},
	},
	{
		Sources:           []Source{JWT, Cognito, NativeJWT, LambdaAuthorizer, SigV4, ClientCertificate, Lattice},
		InsecureAnyIssuer: true, InsecureAnyAPI: true, SubjectClaim: "username", ScopeClaim: "permissions",
		Lists: []string{"permissions", "roles"}, CommaLists: []string{"permissions", "cognito:groups"},
	},
	{Issuers: []string{pool}, Audiences: []string{"api", "a"}, APIs: []string{"a1b2c3"}, Accounts: []string{"123456789012"}, Stages: []string{"$default"}},
	{InsecureAnyIssuer: true},
	{
		Sources: []Source{SigV4, ClientCertificate, Lattice, LambdaAuthorizer},
		APIs:    []string{"a1b2c3", "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1"},
	},
	{Sources: []Source{SigV4, LambdaAuthorizer}, Accounts: []string{"123456789012"}, LambdaClaims: map[string]string{"sub": "userId"}},
}

type reader struct {
	old *Extractor
	now *claims.Extractor
}

var readers = func() []reader {
	var all []reader
	for _, c := range configs {
		sources := make([]claims.Source, len(c.Sources))
		for i, s := range c.Sources {
			sources[i] = claims.Source(s)
		}
		if len(sources) == 0 {
			sources = nil
		}
		all = append(all, reader{MustNew(c), claims.MustNew(claims.Config{
			Sources: sources, Issuers: c.Issuers, Audiences: c.Audiences, APIs: c.APIs, Accounts: c.Accounts, Stages: c.Stages,
			InsecureAnyIssuer: c.InsecureAnyIssuer, InsecureAnyAPI: c.InsecureAnyAPI, LambdaClaims: c.LambdaClaims,
			SubjectClaim: c.SubjectClaim, ScopeClaim: c.ScopeClaim, Lists: c.Lists, CommaLists: c.CommaLists,
		})})
	}
	return all
}()

var heads = []string{
	`{"httpMethod":"GET","path":"/",`, `{"version":"1.0","httpMethod":"GET","path":"/",`, `{"version":"2.0","rawPath":"/",`,
	`{"version":"2.0","path":"/","method":"GET",`,
}

// compare reads one event both ways by every Config.
func compare(t *testing.T, event string) {
	parsed, err := adapter.ParseEvent([]byte(event))
	if err != nil {
		return
	}
	ctx := adapter.NewContext(context.Background(), parsed)
	for i, r := range readers {
		old, oldErr := r.old.IdentifyContext(ctx)
		now, nowErr := r.now.IdentifyContext(ctx)
		counted++
		switch {
		case (old == nil) != (now == nil) || (oldErr == nil) != (nowErr == nil):
			t.Fatalf("config %d, %v: before %+v, %v; now %+v, %v\n%s", i, parsed.Format(), old, oldErr, now, nowErr, event)
		case old != nil:
			known++
			identical(t, old, now, event)
		}
	}
}

var counted, known int

func identical(t *testing.T, old *Identity, now *claims.Identity, event string) {
	check := func(what string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%s: before %#v, now %#v\n%s", what, a, b, event)
		}
	}
	check("Source", int(old.Source), int(now.Source))
	check("Subject", old.Subject, now.Subject)
	check("Issuer", old.Issuer, now.Issuer)
	check("ClientID", old.ClientID, now.ClientID)
	check("Username", old.Username, now.Username)
	check("TokenUse", old.TokenUse, now.TokenUse)
	check("ID", old.ID, now.ID)
	check("Audience", old.Audience, now.Audience)
	check("Scopes", old.Scopes, now.Scopes)
	check("Expiry", old.Expiry, now.Expiry)
	check("IssuedAt", old.IssuedAt, now.IssuedAt)
	check("AuthTime", old.AuthTime, now.AuthTime)
	check("APIKeyID", old.APIKeyID, now.APIKeyID)
	check("Key", old.Key(), now.Key())
	check("IsAccessToken", old.IsAccessToken(), now.IsAccessToken())
	check("IAM", old.IAM == nil, now.IAM == nil)
	if old.IAM != nil {
		check("IAM", *old.IAM, IAM(*now.IAM))
	}
	check("Certificate", old.Certificate == nil, now.Certificate == nil)
	if c := old.Certificate; c != nil {
		d := now.Certificate
		check("Certificate", []any{c.SubjectDN, c.IssuerDN, c.SerialNumber, c.NotBefore, c.NotAfter, c.PEM()},
			[]any{d.SubjectDN, d.IssuerDN, d.SerialNumber, d.NotBefore, d.NotAfter, d.PEM()})
	}
	names := append([]string(nil), dictionary...)
	for _, m := range old.claims.members {
		names = append(names, old.claims.name(m))
	}
	for _, name := range names {
		a, aok := old.Claim(name)
		b, bok := now.Claim(name)
		check("Claim "+name, []any{a, aok}, []any{b, bok})
		la, aerr := old.List(name)
		lb, berr := now.List(name)
		check("List "+name, []any{la, text(aerr)}, []any{lb, text(berr)})
	}
	type fields struct {
		Sub    string         `json:"sub"`
		Exp    time.Time      `json:"exp"`
		Bool   bool           `json:"email_verified"`
		Level  int            `json:"level"`
		Groups []string       `json:"cognito:groups"`
		Nested map[string]any `json:"address"`
		Any    any            `json:"x"`
	}
	var a, b fields
	aerr, berr := old.Decode(&a), now.Decode(&b)
	// Which of several fields that do not fit is reported first is the same too:
	// fields are filled in their order.
	check("Decode", []any{a, text(aerr)}, []any{b, text(berr)})
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Both readings of any event give the same Identity, or nobody both.
func FuzzReading(f *testing.F) {
	files, err := filepath.Glob("../../testdata/events/*.json")
	if err != nil || len(files) < 20 {
		f.Fatalf("%d events, %v", len(files), err)
	}
	for i, file := range files {
		event, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(event, &members); err != nil {
			f.Fatal(err)
		}
		choices := make([]byte, 64)
		for j := range choices {
			choices[j] = byte((i*37 + j*101) ^ (j * j))
		}
		f.Add(string(members["requestContext"]), choices)
	}
	f.Fuzz(func(t *testing.T, requestContext string, choices []byte) {
		if json.Valid([]byte(requestContext)) {
			for _, head := range heads {
				compare(t, head+`"requestContext":`+requestContext+`}`)
			}
		}
		compare(t, generate(choices))
	})
}

// The same from a fixed seed, for a long series without the fuzzer's overhead.
func TestReadings(t *testing.T) {
	n := 20000
	if testing.Short() {
		n = 2000
	}
	counted, known = 0, 0
	state := uint64(1)
	choices := make([]byte, 256)
	for range n {
		for i := range choices {
			state = state*6364136223846793005 + 1442695040888963407
			choices[i] = byte(state >> 56)
		}
		event := generate(choices)
		if !json.Valid([]byte(event)) {
			t.Fatalf("the generator's own fault: %s", event)
		}
		compare(t, event)
	}
	t.Logf("%d readings, %d of them an Identity", counted, known)
	if known < counted/50 {
		t.Errorf("only %d of %d readings gave an Identity", known, counted)
	}
}
