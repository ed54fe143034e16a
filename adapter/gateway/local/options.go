package local

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/cors"
)

// Options is how [ListenAndServe] differs from its defaults. The zero Options
// is useful; it is not to be modified while a server runs.
type Options struct {
	// Format, Stage and BasePath are the gateway's settings of these names; zero
	// values are its defaults. With a Stage other than $default (a REST API has
	// "prod") or a BasePath, these are the first segments of every path, as on
	// AWS; the URL that is printed has them.
	Format   adapter.Format
	Stage    string
	BasePath string

	// Routes are the gateway's. Nil: those that package apigateway plans for
	// Policy or, without a Policy, ANY /{proxy+} and ANY /.
	Routes []gateway.Route

	// CORS are the settings of the function's cors.Middleware, from which it
	// follows who answers preflights. With cors.OwnerGateway they are the
	// gateway's own. Nil: nobody answers preflights before authorization does.
	CORS *cors.Config

	// Streaming sends replies as the handler makes them, as a function URL or
	// REST API in its streaming mode does; the other formats cannot. The
	// function to deploy is then adapter.Handler.Stream. False: replies are
	// sent when they are complete.
	Streaming bool

	// Adapter is handed to adapter.New; nil: its defaults.
	Adapter *adapter.Options

	// Configure changes the gateway's settings before it is made: whatever has no
	// field here, like Timeout, APIID, Scheme or an Authorizer of one's own. A
	// changed Observe silences the request lines. Nil: no change.
	Configure func(*gateway.Config)

	// Issuers are served beside the gateway, each on the host and port of its
	// URL. The gateway's authorizer admits the tokens of the first: the JWT
	// authorizer of an HTTP API, the Cognito authorizer of a REST API, which
	// wants an ID token on routes without Scopes and an access token on the
	// others. The tokens of another issuer, and only those, are admitted on
	// routes whose Authorizer is its name. Nil: no issuer and no authorizer.
	Issuers []*Issuer

	// Verify proves the tokens of issuers that run elsewhere, such as an Amazon
	// Cognito user pool, whose real tokens the gateway then admits:
	//
	//	Verify: jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{pool}})
	//
	// With Issuers beside it, it is asked on routes whose Authorizer is one of
	// its IssuerNames; without, on the others as well, unless it has several
	// issuers, of which an HTTP API's authorizer takes one. Verify must go by a
	// token's signature alone (its Trust has claims.Verified as its only source).
	// It is called concurrently. Nil: no tokens but those of Issuers.
	Verify authz.Identifier

	// Policy is what the function requires of each operation: an *authz.Mux, or
	// the routes of echoauthz, ginauthz or chiauthz. Nil: nobody knows.
	Policy interface {
		Policy() authz.Policy
		Find(*http.Request) (authz.Rule, authz.Requirement, bool)
	}

	// NativeJWT makes the authorizers of a REST API native JWT authorizers instead
	// of Cognito ones. They take access and ID tokens alike and want an aud, which
	// an access token has for one of its client's Resources only. The other fronts
	// have no such choice.
	NativeJWT bool

	// Audience is what the authorizer accepts as aud, or as client_id in a
	// token without aud; nil: the IDs of the issuer's clients and their
	// Resources, and whatever Verify accepts. A Cognito authorizer does not look at the audience.
	Audience []string

	// State is a folder in which the issuers keep their keys, codes and
	// sessions, so that tokens outlive a restart of the program. The folder is
	// made if it is not there; it holds private keys, so one that others may
	// read is refused. "": nothing is kept.
	State string

	// Timeout is how long the handler may take, on the gateway and in the
	// adapter alike. 0: what the front allows; < 0: there is no limit, for a
	// debugger's pause.
	Timeout time.Duration

	// Try are the requests printed as curl lines once the server is ready,
	// fresh tokens in them; nil: GET /.
	Try []Try

	// Expose admits listeners beyond loopback, and any Host.
	Expose bool

	// Output gets the curl lines in one Write, and each request line in one;
	// nil: os.Stdout.
	Output io.Writer

	// Ready is called once, when both listeners answer, with the URL of the
	// API; nil: nobody is told.
	Ready func(url string)
}

// check reports every problem that depends neither on the handler nor on where
// it is served.
func (o *Options) check() error {
	var problems []error
	if a := o.Adapter; a != nil && len(a.Formats) > 0 && !slices.Contains(a.Formats, o.format()) {
		problems = append(problems, fmt.Errorf("local: Adapter.Formats has no %v, which is what the gateway sends", o.format()))
	}
	if o.NativeJWT && o.format() != adapter.RESTAPI {
		problems = append(problems, fmt.Errorf("local: NativeJWT: a %v has no such authorizer", o.format()))
	}
	problems = append(problems, o.checkIssuers(), o.checkVerify())
	for _, try := range o.Try {
		problems = append(problems, try.check(o.issuer()))
	}
	return errors.Join(problems...)
}

// issuer is the one whose tokens the curl lines have; nil without any.
func (o *Options) issuer() *Issuer {
	if len(o.Issuers) == 0 {
		return nil
	}
	return o.Issuers[0]
}

func (o *Options) format() adapter.Format {
	if o.Format == 0 {
		return adapter.HTTPAPIV2
	}
	return o.Format
}

// stage spells the gateway's default out, for the URL needs it too.
func (o *Options) stage() string {
	switch {
	case o.Stage != "":
		return o.Stage
	case o.format() == adapter.RESTAPI || o.format() == adapter.WebSocketAPI:
		return "prod"
	}
	return "$default"
}

func (o *Options) output() io.Writer {
	if o.Output == nil {
		return os.Stdout
	}
	return o.Output
}
