package local_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	issuer, _ := sharedIssuer()
	err := local.ListenAndServe("0.0.0.0:0", http.HandlerFunc(app), &local.Options{
		Format:  adapter.FunctionURL,
		Adapter: &adapter.Options{Formats: []adapter.Format{adapter.RESTAPI}},
		Stage:   "a/b",
		Issuers: []*local.Issuer{issuer},
		Try: []local.Try{
			{Path: "hello"},
			{Path: "/two words"},
			{Path: "/", Method: "GET /"},
			{Path: "/", Want: 99},
			{Path: "/", Body: "two\nlines"},
			{Path: "/", Client: "nobody"},
			{Path: "/", Client: "page"},
			{Path: "/", Client: "page", User: "carol"},
			{Path: "/", User: "alice"},
		},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`address "0.0.0.0:0" is not on loopback`,
		`Adapter.Formats has no Function URL`,
		`a Function URL has no authorizer`,
		`Stage "a/b"`,
		`path "hello"`,
		`path "/two words"`,
		`"GET /" is not a method`,
		`wants the status 99`,
		`more than a line`,
		`no client "nobody"`,
		`client "page" is public`,
		`no user "carol"`,
		`no client ""`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %s:\n%v", want, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for addr, ok := range map[string]bool{
		"localhost:8080": true, "LocalHost:0": true, "127.0.0.1:8080": true, "127.1.2.3:http": true, "[::1]:8080": true,
		"": false, ":8080": false, "localhost": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.168.1.5:8080": false,
		"example.com:8080": false, "localhost.example.com:8080": false, "127.0.0.1.nip.io:80": false,
	} {
		// Without a handler nothing is served, whatever the address.
		err := local.ListenAndServe(addr, nil, nil)
		if err == nil || !strings.Contains(err.Error(), "no handler") {
			t.Fatalf("%q: error %v, want at least that there is no handler", addr, err)
		}
		if got := !strings.Contains(err.Error(), "address"); got != ok {
			t.Errorf("address %q accepted: %t, want %t", addr, got, ok)
		}
	}
}

func TestExposeAdmitsEveryAddress(t *testing.T) {
	err := local.ListenAndServe(":8080", nil, &local.Options{Expose: true})
	if err == nil || strings.Contains(err.Error(), "address") {
		t.Errorf("error %v, want none about the address", err)
	}
}

func TestIssuersAddress(t *testing.T) {
	for url, ok := range map[string]bool{
		"http://localhost:8081": true, "http://127.0.0.1:8081": true, "http://localhost": true,
		"https://localhost:8081": false, "http://issuer.example:8081": false, "http://192.168.1.5": false,
	} {
		issuer, err := local.NewIssuer(config(url))
		if err != nil {
			t.Fatal(err)
		}
		err = local.ListenAndServe("localhost:0", nil, &local.Options{Issuers: []*local.Issuer{issuer}})
		if got := !strings.Contains(err.Error(), "\n"); got != ok {
			t.Errorf("issuer %s accepted: %t, want %t: %v", url, got, ok, err)
		}
	}
}

func TestIssuersPortIsTaken(t *testing.T) {
	taken := listen(t)
	defer taken.Close()
	issuer, err := local.NewIssuer(config("http://" + taken.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	err = local.ListenAndServe("localhost:0", http.HandlerFunc(app), &local.Options{Issuers: []*local.Issuer{issuer}, Output: io.Discard})
	if err == nil || !strings.Contains(err.Error(), "token issuer") {
		t.Errorf("error %v, want one that names the token issuer", err)
	}
}

func TestServeRefusesAndClosesListeners(t *testing.T) {
	exposed, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	orphan := listen(t)
	err = local.Serve(t.Context(), exposed, []net.Listener{orphan}, http.HandlerFunc(app), nil)
	if err == nil {
		t.Fatal("no error for a listener on every address")
	}
	for _, want := range []string{"is not on loopback", "1 listeners for issuers, and 0 Issuers"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
	for _, l := range []net.Listener{exposed, orphan} {
		if l.Close() == nil {
			t.Errorf("%v was left open", l.Addr())
		}
	}
}

func TestNothingRunsInLambda(t *testing.T) {
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
	listenAndServe := local.ListenAndServe("localhost:0", http.HandlerFunc(app), nil)
	serve := local.Serve(t.Context(), listen(t), nil, http.HandlerFunc(app), nil)
	for _, err := range []error{listenAndServe, serve} {
		if err == nil || !strings.Contains(err.Error(), "AWS_LAMBDA_RUNTIME_API") {
			t.Errorf("error %v, want one that names AWS_LAMBDA_RUNTIME_API", err)
		}
	}
}

func TestConfigureHasTheLastWord(t *testing.T) {
	var seen string
	opts := &local.Options{Stage: "dev", Configure: func(g *gateway.Config) {
		seen = g.Stage
		g.Timeout = -1
	}}
	err := local.ListenAndServe("localhost:0", http.HandlerFunc(app), opts)
	if err == nil || !strings.Contains(err.Error(), "Timeout") || seen != "dev" {
		t.Errorf("error %v, stage %q; want one about the Timeout, and dev", err, seen)
	}
}
