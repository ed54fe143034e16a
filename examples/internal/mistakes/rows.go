package mistakes

import "github.com/gatehouse-go/gatehouse/adapter/gateway"

// Row is one mistake, and all that a newcomer sees of it.
type Row struct {
	Name    string
	Mistake string // of New
	Method  string // "": GET
	Path    string
	Token   map[string]any // claims beside sub and client_id; nil: no token is sent
	Header  map[string]string
	Body    int // bytes of a binary upload
	Routes  []gateway.Route
	REST    bool

	Status int
	Client string   // a part of the body
	Line   string   // of the local gateway, without method, path, route and time
	Logged []string // lines of the function's log
}

// Rows are the mistakes. What clients send in them, and nobody may be told of, has
// "secret" in it.
func Rows() []Row {
	read := map[string]any{"scope": "notes-api/read"}
	none := map[string]any{}
	open := []gateway.Route{{Key: "ANY /{proxy+}", Open: true}}
	scoped := []gateway.Route{{Key: "GET /notes/{id}", Scopes: []string{"notes-api/read"}}}
	preflight := func(origin, asks string) map[string]string {
		return map[string]string{"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": asks}
	}
	const (
		note        = "/notes/secret-path?q=secret-query"
		who         = " (JWT authorizer, Cognito authorizer, native JWT authorizer; issuer ISSUER"
		noCaller    = "a token was sent, but the event names no caller: does this route of the gateway have an authorizer?"
		noAuthority = "invalid_token"
		may         = "The caller may not perform this operation."
		evil        = "https://secret.example"
		tooLate     = "ERROR adapter: answered for the handler: the handler took too long: the front waits 29 or 30 s: answer 202 and do the work from a queue, or stream on a front that can; see Options.Timeout"
		tooLarge    = "ERROR adapter: answered for the handler: the reply is larger than the front takes: Lambda takes 6 MB, base64's third included: answer with a link, such as a presigned URL of S3, or stream"
	)
	refused := func(cause string) []string { return []string{"WARN authz: refused: " + cause} }
	kept := func(cause string) []string { return []string{"WARN cors: refused: " + cause} }
	return []Row{
		{Name: "an issuer that is another", Mistake: "issuer", Path: note, Token: read, Status: 401, Client: noAuthority,
			Line:   "401 function: the issuer is not among Config.Issuers",
			Logged: refused("the issuer is not among Config.Issuers (JWT authorizer, Cognito authorizer, native JWT authorizer; issuer https://issuer.example.com)")},
		{Name: "pinned Audiences", Mistake: "audiences", Path: note, Token: read, Status: 401, Client: noAuthority,
			Line:   "401 function: the token is for another audience than Config.Audiences",
			Logged: refused("the token is for another audience than Config.Audiences" + who + "; audience another-api)")},
		{Name: "pinned APIs", Mistake: "APIs", Path: note, Token: read, Status: 401, Client: noAuthority,
			Line:   "401 function: the event's API is not among Config.APIs",
			Logged: refused("the event's API is not among Config.APIs" + who + "; API z9y8x7w6v5)")},
		{Name: "pinned Stages", Mistake: "stages", Path: note, Token: read, Status: 401, Client: noAuthority,
			Line:   "401 function: the event's stage is not among Config.Stages",
			Logged: refused("the event's stage is not among Config.Stages" + who + "; stage prod)")},
		{Name: "no Identifier", Mistake: "no Identifier", Path: note, Token: read, Status: 401, Client: noAuthority,
			Line:   "401 function: a token was sent, but the Guard has no Identifier: set Guard.Identifier",
			Logged: refused("a token was sent, but the Guard has no Identifier: set Guard.Identifier")},
		{Name: "a route without an authorizer", Path: note, Token: read, Routes: open, Status: 401, Client: noAuthority,
			Line: "401 function: " + noCaller, Logged: refused(noCaller)},
		{Name: "an ID token where an access token is required", Mistake: "access tokens only", Path: note, Status: 403,
			Token:  map[string]any{"token_use": "id", "scope": "notes-api/read"},
			Client: "The operation needs an access token, and this is an ID token.",
			Line:   "403 function: needs an access token; the caller sent an ID token, and needs an access token",
			Logged: refused("needs an access token; the caller sent an ID token, and needs an access token")},
		{Name: "an ID token where a scope is required", Path: note, Status: 403, Token: map[string]any{"token_use": "id"},
			Client: "The operation needs an access token, and this is an ID token.",
			Line:   "403 function: needs scope notes-api/read; the caller sent an ID token, and needs an access token",
			Logged: refused("needs scope notes-api/read; the caller sent an ID token, and needs an access token")},
		{Name: "a missing scope", Path: note, Token: none, Status: 403, Client: may,
			Line: "403 function: needs scope notes-api/read", Logged: refused("needs scope notes-api/read")},
		{Name: "a missing group", Path: "/admin", Token: read, Status: 403, Client: may,
			Line: `403 function: needs group "admin"`, Logged: refused(`needs group "admin"`)},
		{Name: "an ambiguous list", Path: "/admin", Token: map[string]any{"cognito:groups": []string{"admin", "secret group"}}, Status: 403, Client: may,
			Line:   "403 function: the claim cognito:groups cannot be read as a list: name it in Lists or CommaLists of claims.Config; text of a list is ambiguous",
			Logged: refused("the claim cognito:groups cannot be read as a list: name it in Lists or CommaLists of claims.Config; text of a list is ambiguous")},
		{Name: "a route behind echoauthz's back", Mistake: "behind echoauthz", Path: note, Token: read, Status: 403, Client: may,
			Line: "403 function: no requirement is registered for this route: register it together with what it requires", Logged: refused("no requirement is registered for this route: register it together with what it requires")},
		{Name: "a Mux without the route", Path: "/secret-path", Token: read, Status: 404, Client: "Not Found",
			Line: "404 function: no route is registered for this method and path", Logged: refused("no route")},
		{Name: "the handler's own 404", Path: "/lost", Token: read, Status: 404, Client: "404 page not found", Line: "404"},
		{Name: "a preflight on default routes", Method: "OPTIONS", Path: note, Header: preflight(Page, "authorization"), Status: 401, Client: "Unauthorized",
			Line: "401 gateway: no token: a CORS preflight never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the handler"},
		{Name: "a preflight without cors", Mistake: "no cors", Method: "OPTIONS", Path: note, Header: preflight(Page, "authorization"), Routes: open, Status: 401,
			Line:   "401 function: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
			Logged: refused("a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux")},
		{Name: "an origin that is not allowed", Path: "/hello", Header: map[string]string{"Origin": evil}, Routes: open, Status: 200, Client: "hello",
			Line: "200 cors: the origin is not in AllowOrigins", Logged: kept("the origin is not in AllowOrigins")},
		{Name: "an origin of another scheme", Path: "/hello", Header: map[string]string{"Origin": "http://app.example.com"}, Routes: open, Status: 200, Client: "hello",
			Line: "200 cors: AllowOrigins has this host with another scheme or port only", Logged: kept("AllowOrigins has this host with another scheme or port only")},
		{Name: "a preflight of an origin that is not allowed", Method: "OPTIONS", Path: note, Header: preflight(evil, "authorization"), Routes: open, Status: 403,
			Line: "403 cors: the origin is not in AllowOrigins", Logged: kept("the origin is not in AllowOrigins")},
		{Name: "Authorization is not allowed", Mistake: "no AllowHeaders", Method: "OPTIONS", Path: note, Header: preflight(Page, "authorization"), Routes: open, Status: 204,
			Line: "204 cors: the preflight asks for Authorization, which is not in AllowHeaders", Logged: kept("the preflight asks for Authorization, which is not in AllowHeaders")},
		{Name: "a header that is not allowed", Method: "OPTIONS", Path: note, Header: preflight(Page, "x-secret"), Routes: open, Status: 204,
			Line: "204 cors: the preflight asks for a header that is not in AllowHeaders", Logged: kept("the preflight asks for a header that is not in AllowHeaders")},
		{Name: "a preflight that the gateway should have answered", Mistake: "the gateway owns preflights", Method: "OPTIONS", Path: "/hello", Header: preflight(Page, ""), Routes: open, Status: 401,
			Line: "401 function: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
			Logged: []string{
				"WARN authz: refused: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
				"WARN cors: refused: a preflight reached the function, though Owner is OwnerGatewayPreflight",
			}},
		{Name: "a preflight at an HTTP API without CORS settings", Mistake: "the gateway owns CORS", Method: "OPTIONS", Path: "/hello", Header: preflight(Page, ""), Routes: open, Status: 401,
			Line: "401 function: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
			Logged: []string{
				"WARN authz: refused: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
				"WARN cors: refused: a preflight reached the function, though Owner is OwnerGateway",
			}},
		{Name: "a slow handler", Path: "/slow", Routes: open, Status: 503, Client: "Service Unavailable",
			Line: "503 adapter: the handler took too long", Logged: []string{tooLate}},
		{Name: "a reply of 7 MB", Path: "/large", Routes: open, Status: 500, Client: "Internal Server Error",
			Line: "500 adapter: the reply is larger than the front takes", Logged: []string{tooLarge}},
		{Name: "an upload of 5 MB", Method: "POST", Path: "/upload", Body: 5 << 20, Routes: open, Status: 413, Client: "Request Entity Too Large",
			Line: "413 gateway: the event is over Lambda's limit of 6 MB, base64's third included: let clients upload by a presigned URL"},
		{Name: "server-sent events on a buffered front", Path: "/events", Routes: open, Status: 200, Client: "data: hello\n\ndata: hello\n\n",
			Line: "200", Logged: []string{
				"WARN adapter: a flush has no effect on a buffered reply: this front cannot stream; REST APIs and function URLs can",
				"WARN adapter: server-sent events of a buffered reply arrive together when it is complete: this front cannot stream; REST APIs and function URLs can",
			}},
		{Name: "server-sent events on a buffered REST API", Path: "/prod/events", Routes: open, REST: true, Status: 200, Client: "data: hello\n\ndata: hello\n\n",
			Line: "200", Logged: []string{
				"WARN adapter: a flush has no effect on a buffered reply: pass Handler.Stream to lambda.Start, and set the front to stream",
				"WARN adapter: server-sent events of a buffered reply arrive together when it is complete: pass Handler.Stream to lambda.Start, and set the front to stream",
			}},
		{Name: "an API key on a scope route", Path: note, Header: map[string]string{"X-Api-Key": "secret-key"}, Routes: open, Status: 401, Client: "Unauthorized",
			Line:   "401 function: an API key was sent: it identifies a client, it does not authenticate a caller",
			Logged: refused("an API key was sent: it identifies a client, it does not authenticate a caller")},
		{Name: "no token", Path: note, Routes: open, Status: 401, Client: "Unauthorized", Line: "401 function: needs a token"},
		{Name: "a scope is missing at the gateway", Path: note, Token: none, Routes: scoped, Status: 403, Client: "Forbidden", Line: "403 gateway: scope missing"},
		{Name: "a wrong audience at the gateway", Path: note, Token: map[string]any{"client_id": "secret-client"}, Status: 401, Client: "Unauthorized", Line: "401 gateway: wrong audience"},
		{Name: "an expired token at the gateway", Path: note, Token: map[string]any{"exp": 1}, Status: 401, Client: "Unauthorized", Line: "401 gateway: token expired"},
	}
}
