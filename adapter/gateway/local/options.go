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

// Options change the defaults of [ListenAndServe]. The zero Options are useful.
// They must not be modified while a server runs.
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

	// CORS are the settings of the function's cors.Middleware. Their Owner says who
	// answers preflights: with cors.OwnerGateway the gateway has these settings
	// itself. Nil: a preflight is authorized like any other request.
	CORS *cors.Config

	// Streaming sends replies as the handler makes them, as a function URL or
	// REST API in its streaming mode does; the other formats cannot. The
	// function to deploy is then adapter.Handler.Stream. False: replies are
	// sent when they are complete.
	Streaming bool

	// Adapter is for adapter.New; nil: its defaults. Without a Logger of its own,
	// what it logs about refusals is left out, since the request lines say it.
	Adapter *adapter.Options

	// Configure changes the gateway's settings before it is made. It is for
	// settings that have no field here, such as APIID, Scheme or an Authorizer of
	// one's own. Replacing Observe silences the request lines. Nil: no change.
	Configure func(*gateway.Config)

	// Issuers are served beside the gateway, each on the host and port of its
	// URL. The gateway's authorizer admits the tokens of the first: the JWT
	// authorizer of an HTTP API, the Cognito authorizer of a REST API, which
	// wants an ID token on routes without Scopes and an access token on the
	// others. The tokens of another issuer, and only those, are admitted on
	// routes whose Authorizer is its name. Nil: there is no issuer, no console and
	// no authorizer.
	Issuers []*Issuer

	// Verify proves the tokens of issuers that run elsewhere, such as an Amazon
	// Cognito user pool, whose real tokens the gateway then admits:
	//
	//	Verify: jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{pool}})
	//
	// It may be the Verifier that guards the function. Verify is asked on routes
	// whose Authorizer is one of its Trust's IssuerNames. Without Issuers, Verify is
	// asked on the other routes as well; on an HTTP API only if Verify has exactly
	// one issuer, since each authorizer there has one. Verify must rely on a token's
	// signature alone: claims.Verified must be the only source of its Trust. Nil:
	// only the tokens of Issuers are admitted.
	Verify authz.Identifier

	// Policy is what the function requires of each operation: an *authz.Mux, or
	// the routes of echoauthz, ginauthz or chiauthz. The gateway's routes are
	// made from it, and the console shows it. Nil: what is required is not known.
	Policy interface {
		Policy() authz.Policy
		Find(*http.Request) (authz.Rule, authz.Requirement, bool)
	}

	// NativeJWT gives a REST API native JWT authorizers instead of Cognito ones.
	// They take access tokens and ID tokens, and want an aud, which an access token
	// has only if it is bound to one of its client's Resources. On the other fronts
	// NativeJWT is an error.
	NativeJWT bool

	// Audience lists what the authorizers accept as aud or, on HTTP APIs, as the
	// client_id of a token without aud. Nil: the IDs of the issuer's clients and
	// their Resources, and whatever Verify accepts. A Cognito authorizer does not
	// look at it.
	Audience []string

	// State is a folder in which the issuers keep their keys, codes and sessions,
	// so that tokens outlive a restart of the program. It is made, with the mode
	// 0700, if it is not there. A folder that others may read is refused, since it
	// holds private keys. "": nothing is kept.
	State string

	// Timeout is how long the handler may take, on the gateway and in the
	// adapter alike. 0: what the front allows; < 0: there is no limit, for a
	// debugger's pause.
	Timeout time.Duration

	// Try are the requests that are printed as curl lines once the server is ready,
	// and that the console has buttons for; nil: GET /.
	Try []Try

	// Expose admits listeners beyond loopback, and any Host. There is no console
	// then.
	Expose bool

	// Output gets what is printed at the start, in one Write, and each request
	// line, in one Write; nil: os.Stdout.
	Output io.Writer

	// Ready is called once, when all listeners answer, with the URL of the API.
	// Nil: nothing is called.
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
