package machines_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/machines"
	"github.com/gatehouse-go/gatehouse/examples/machines/caller"
)

const (
	apiID   = "a1b2c3d4e5"
	nightly = "arn:aws:iam::123456789012:role/nightly"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// function is the deployed one, for the tokens of an issuer.
func function(issuer string) gateway.Function {
	who := claims.MustNew(claims.Config{
		Sources: []claims.Source{claims.JWT, claims.SigV4, claims.ClientCertificate},
		Issuers: []string{issuer},
		APIs:    []string{apiID},
	})
	return adapter.New(machines.Handler(who, machines.Known{
		Roles:    []string{nightly},
		Subjects: []string{"CN=meter-7,O=Example"},
	}), nil)
}

// ask calls the report, and returns the status and the body.
func ask(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	resp, err := client.Get(url + "/report")
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// TestOAuth: one token for many requests, and another one when it ends.
func TestOAuth(t *testing.T) {
	var tokens atomic.Int32
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/token" {
			tokens.Add(1)
		}
		handler.ServeHTTP(w, r)
	}))
	defer server.Close()
	issuer := issuerOf(t, server.URL, time.Hour)
	handler = issuer
	api := httptest.NewServer(gateway.MustNew(gateway.Config{
		Function: function(server.URL), APIID: apiID,
		Authorizer: &gateway.JWTAuthorizer{Issuer: server.URL, Audience: []string{"robot", "poor"}, Verify: issuer.Verify},
	}))
	defer api.Close()
	config := func(id, secret string) clientcredentials.Config {
		return clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: server.URL + "/oauth2/token"}
	}
	robot := caller.OAuth(config("robot", "robot-secret"))
	for range 10 { // invocations of the calling function
		if status, body := ask(t, robot, api.URL); status != 200 || !strings.Contains(body, "robot by JWT") {
			t.Fatalf("status %d, body %s", status, body)
		}
	}
	if got := tokens.Load(); got != 1 {
		t.Errorf("%d tokens for ten requests, want 1", got)
	}
	if status, body := ask(t, caller.OAuth(config("robot", "wrong")), api.URL); status != 0 || strings.Contains(body, "robot-secret") {
		t.Errorf("a wrong secret: status %d, %s", status, body)
	}
	if status, _ := ask(t, caller.OAuth(config("poor", "poor-secret")), api.URL); status != 403 {
		t.Errorf("without the scope: status %d", status)
	}
	if status, _ := ask(t, http.DefaultClient, api.URL); status != 401 {
		t.Errorf("no token: status %d", status)
	}
	// A user's tokens are of the same issuer: the one that says who the user is opens
	// nothing, whatever scope it holds.
	token, err := issuer.Token(map[string]any{"sub": "ada", "aud": "robot", "token_use": "id", "scope": machines.Scope})
	if err != nil {
		t.Fatal(err)
	}
	user := oauth2.NewClient(t.Context(), oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}))
	if status, body := ask(t, user, api.URL); status != 403 {
		t.Errorf("an ID token: status %d, body %s", status, body)
	}
	// A token that ends within ten seconds is not used again.
	handler = issuerOf(t, server.URL, 5*time.Second)
	tokens.Store(0)
	short := caller.OAuth(config("robot", "robot-secret"))
	for range 3 {
		_, _ = ask(t, short, api.URL)
	}
	if got := tokens.Load(); got != 3 {
		t.Errorf("%d tokens for three requests, want 3", got)
	}
}

func issuerOf(t *testing.T, url string, lifetime time.Duration) *local.Issuer {
	t.Helper()
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: url, Lifetime: lifetime, Clients: []local.Client{
		{ID: "robot", Secret: "robot-secret", Scopes: []string{machines.Scope}},
		{ID: "poor", Secret: "poor-secret", Scopes: []string{"other/read"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return issuer
}

// TestIAM: IAM says who signed, the function which roles it serves.
func TestIAM(t *testing.T) {
	signer := func(arn, account string) gateway.SigningKey {
		return gateway.SigningKey{Secret: "secret", Caller: gateway.IAMCaller{AccountID: account, UserARN: arn, UserID: "AROAEXAMPLE:run"}}
	}
	const session = "arn:aws:sts::123456789012:assumed-role/"
	temporary := signer(session+"nightly/run", "123456789012")
	temporary.SessionToken = "session"
	keys := &gateway.SigV4{Keys: map[string]gateway.SigningKey{
		"ASIANIGHTLY": temporary, // as a role's are
		"AKIANIGHTLY": signer(session+"nightly/run", "123456789012"),
		"AKIAOTHER":   signer(session+"other/run", "123456789012"),
		"AKIALONGER":  signer(session+"nightly2/run", "123456789012"),
		"AKIASESSION": signer(session+"other/nightly", "123456789012"),
		"AKIAACCOUNT": signer("arn:aws:sts::210987654321:assumed-role/nightly/run", "210987654321"),
		"AKIAUSER":    signer("arn:aws:iam::123456789012:user/nightly", "123456789012"),
	}}
	api := httptest.NewServer(gateway.MustNew(gateway.Config{
		Function: function("https://id.example.com"), APIID: apiID,
		Authorizer: &gateway.IAMAuthorizer{Verify: keys.Verify},
	}))
	defer api.Close()
	for key, want := range map[string]int{
		"AKIANIGHTLY": 200, "AKIAOTHER": 403, "AKIALONGER": 403, "AKIASESSION": 403, "AKIAACCOUNT": 403, "AKIAUSER": 403, "AKIANOBODY": 403,
	} {
		client := caller.IAM(credentials.NewStaticCredentialsProvider(key, "secret", ""), "eu-central-1")
		if status, body := ask(t, client, api.URL); status != want {
			t.Errorf("%s: status %d, want %d; body %s", key, status, want, body)
		}
	}
	for token, want := range map[string]int{"session": 200, "another": 403, "": 403} {
		client := caller.IAM(credentials.NewStaticCredentialsProvider("ASIANIGHTLY", "secret", token), "eu-central-1")
		if status, _ := ask(t, client, api.URL); status != want {
			t.Errorf("a role's credentials with the token %q: status %d, want %d", token, status, want)
		}
	}
	wrong := caller.IAM(credentials.NewStaticCredentialsProvider("AKIANIGHTLY", "guess", ""), "eu-central-1")
	if status, _ := ask(t, wrong, api.URL); status != 403 {
		t.Errorf("a wrong secret: status %d", status)
	}
	if status, _ := ask(t, http.DefaultClient, api.URL); status != 403 {
		t.Errorf("no signature: status %d", status)
	}
	// A body is signed with the request.
	client := caller.IAM(credentials.NewStaticCredentialsProvider("AKIANIGHTLY", "secret", ""), "eu-central-1")
	resp, err := client.Post(api.URL+"/report", "text/plain", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 405 {
		t.Errorf("a signed POST: status %d, want the function's 405", resp.StatusCode)
	}
}

// TestCertificate: the truststore says which certificates are real, the function
// which of them it serves.
func TestCertificate(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	api := httptest.NewUnstartedServer(gateway.MustNew(gateway.Config{
		Function: function("https://id.example.com"), APIID: apiID, MutualTLS: true,
	}))
	api.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ours.pool, MinVersion: tls.VersionTLS12}
	api.StartTLS()
	defer api.Close()
	roots := api.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	now := time.Now()
	for what, test := range map[string]struct {
		certificate tls.Certificate
		want        int // 0: no connection
	}{
		"a known machine":      {ours.issue(t, "meter-7", now.Add(time.Hour)), 200},
		"another machine":      {ours.issue(t, "meter-8", now.Add(time.Hour)), 403},
		"an expired one":       {ours.issue(t, "meter-7", now.Add(-time.Minute)), 0},
		"of another authority": {theirs.issue(t, "meter-7", now.Add(time.Hour)), 0},
		"none":                 {tls.Certificate{}, 0},
	} {
		if status, body := ask(t, caller.Certificate(test.certificate, roots), api.URL); status != test.want {
			t.Errorf("%s: status %d, want %d; %s", what, status, test.want, body)
		}
	}
}

type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pool        *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err2 := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	certificate, err3 := x509.ParseCertificate(der)
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return &authority{certificate, key, pool}
}

func (a *authority) issue(t *testing.T, name string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	der, err2 := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name, Organization: []string{"Example"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, a.certificate, &key.PublicKey, a.key)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
