package authorizer

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// A kind is a kind of authorizer with the format of its event.
type kind uint8

const (
	httpAPIV2 kind = iota + 1 // HTTP API, payload format 2.0
	httpAPIV1                 // HTTP API, payload format 1.0
	restRequest
	restToken
	webSocket
)

// isHTTPAPI reports whether a refusal is an answer there: errors are a 500, while
// REST and WebSocket APIs make a 401 of one that says Unauthorized.
func (k kind) isHTTPAPI() bool { return k == httpAPIV2 || k == httpAPIV1 }

// An event is what an API asks its authorizer. All kinds that know the request
// have the members of the function's own event beside their own:
//
//	{"version":"2.0","type":"REQUEST","routeArn":"arn:…","identitySource":["…"],"routeKey":"…","rawPath":"…",…}
//	{"version":"1.0","type":"REQUEST","methodArn":"arn:…","identitySource":"…","resource":"…","path":"…",…}
//	{"type":"REQUEST","methodArn":"arn:…","resource":"…","path":"…","httpMethod":"GET",…}
//	{"type":"TOKEN","methodArn":"arn:…","authorizationToken":"Bearer …"}
//
// See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html and
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html.
type event struct {
	kind    kind
	arn     methodARN
	members map[string]json.RawMessage // of the request's event alone

	routeKey string
}

var (
	errNotJSON     = errors.New("authorizer: the event is not a JSON object")
	errIntegration = errors.New("authorizer: the event is a request: this function is the API's authorizer, not the integration of its routes")
	errForeign     = errors.New("authorizer: the event is not one of a Lambda authorizer")
	errMethod      = errors.New("authorizer: the event's ARN names another method than the event")
)

// readEvent returns an error that says what else the event seems to be.
func readEvent(data []byte) (*event, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil || members == nil {
		return nil, errNotJSON
	}
	e := &event{members: members}
	version, typ := e.take("version"), e.take("type")
	switch {
	case typ == "TOKEN":
		e.kind = restToken
	case typ != "REQUEST":
		return nil, foreign(data)
	case version == "2.0":
		e.kind = httpAPIV2
	case version == "1.0":
		e.kind = httpAPIV1
	case members["httpMethod"] == nil:
		e.kind = webSocket
	default:
		e.kind = restRequest
	}
	arn := e.take("methodArn")
	if e.kind == httpAPIV2 {
		arn = e.take("routeArn")
	}
	var err error
	if e.arn, err = parseARN(arn); err != nil {
		return nil, err
	}
	return e, e.complete(version)
}

// foreign says what an event is that is none of an authorizer's.
func foreign(data []byte) error {
	if _, err := adapter.ParseEvent(data); err == nil {
		return errIntegration
	}
	return errForeign
}

// take removes a member that is a string, and returns "" for any other.
func (e *event) take(name string) (text string) {
	if json.Unmarshal(e.members[name], &text) != nil {
		return ""
	}
	delete(e.members, name)
	return text
}

// complete makes the members those of the function's own event.
func (e *event) complete(version string) error {
	if e.kind == restToken {
		e.members = tokenRequest(e.arn, e.take("authorizationToken"))
		return nil
	}
	for _, own := range [...]string{"identitySource", "authorizationToken"} {
		delete(e.members, own)
	}
	if version != "" {
		e.members["version"] = encode(version)
	}
	e.members["isBase64Encoded"] = encode(false)
	json.Unmarshal(e.members["routeKey"], &e.routeKey)
	if method := e.method(); e.kind != webSocket && method != e.arn.method {
		return errMethod
	}
	return nil
}

// method is the request's, "" if the event has none.
func (e *event) method() (method string) {
	var request struct {
		HTTP struct{ Method string }
	}
	if e.kind == httpAPIV2 {
		json.Unmarshal(e.members["requestContext"], &request)
		return request.HTTP.Method
	}
	json.Unmarshal(e.members["httpMethod"], &method)
	return method
}

// tokenRequest is the event of the request that a TOKEN authorizer is asked
// about. It knows no more of it than the ARN and the token, whatever header of
// the client's that came in.
func tokenRequest(arn methodARN, token string) map[string]json.RawMessage {
	header := map[string]string{}
	if token != "" {
		header["Authorization"] = token
	}
	path := "/" + arn.path
	return map[string]json.RawMessage{
		"resource":        encode("/{proxy+}"),
		"path":            encode(path),
		"httpMethod":      encode(arn.method),
		"headers":         encode(header),
		"isBase64Encoded": encode(false),
		"requestContext": encode(map[string]any{
			"apiId": arn.api, "accountId": arn.account, "stage": arn.stage, "httpMethod": arn.method,
			"resourcePath": "/{proxy+}", "path": "/" + arn.stage + path, "identity": map[string]any{},
		}),
	}
}

// proxy returns the function's own event.
func (e *event) proxy() []byte { return encode(e.members) }

// encode is for values that can be encoded.
func encode(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic("authorizer: " + err.Error())
	}
	return data
}

// A methodARN is the ARN of one method of one path:
//
//	arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/notes/1
//	arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/$connect
type methodARN struct {
	text         string
	account, api string
	stage        string
	method       string // $connect on a WebSocket API
	path         string // without its first slash
}

var errARN = errors.New("authorizer: the event has no ARN of a method (methodArn or routeArn)")

func parseARN(text string) (methodARN, error) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[2] != "execute-api" {
		return methodARN{}, errARN
	}
	place := strings.SplitN(parts[5], "/", 4)
	if len(place) < 3 || place[2] == "" {
		return methodARN{}, errARN
	}
	arn := methodARN{text: text, account: parts[4], api: place[0], stage: place[1], method: place[2]}
	if len(place) == 4 {
		arn.path = place[3]
	}
	return arn, nil
}
