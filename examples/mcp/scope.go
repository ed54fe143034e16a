package mcp

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// maxMessage is how large a message may be, in bytes.
const maxMessage = 1 << 20

var (
	errTooLarge = &authz.Error{Status: http.StatusRequestEntityTooLarge, Err: errors.New("mcp: the message is too large")}
	errListen   = &authz.Error{Status: http.StatusNotFound, Err: errors.New("mcp: a subscription would keep the function running")}
	errMessage  = &authz.Error{Status: http.StatusBadRequest, Err: errors.New("mcp: the body is not one JSON-RPC message")}
)

// scopes are what calling a tool takes, by the tool's name.
type scopes map[string]string

// requirement asks for the scope of the tool that a request calls. Whatever else a
// message asks for, a list of the tools for example, takes no scope.
//
// A request that was refused for its scope is told which one to ask for, and since
// nothing was streamed, as 403 with a challenge. A tool that does not exist is left
// to the protocol's own error.
func (s scopes) requirement() authz.Requirement {
	return authz.Func("the scope of the tool", func(r *http.Request, caller *claims.Identity) error {
		tool, err := toolCalled(r)
		if err != nil {
			return err
		}
		if scope, ok := s[tool]; ok && !caller.HasScope(scope) {
			return &authz.Error{Status: http.StatusForbidden, Code: authz.CodeInsufficientScope, Scopes: []string{scope}}
		}
		return nil
	})
}

// toolCalled returns the name of the tool that a request calls, "" if it calls none.
// It reads the body, and puts a copy in its place for the handler, which gets this
// very request. A batch is refused: the protocol has none since 2025-06-18. So is a
// subscription, which Lambda would bill for as long as the client listens.
func toolCalled(r *http.Request) (string, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxMessage+1))
	if err != nil {
		return "", errMessage
	}
	if len(body) > maxMessage {
		return "", errTooLarge
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	message, err := jsonrpc.DecodeMessage(body) // as the SDK itself reads it
	if err != nil {
		return "", errMessage
	}
	request, ok := message.(*jsonrpc.Request)
	switch {
	case ok && request.Method == "subscriptions/listen":
		return "", errListen
	case !ok || request.Method != "tools/call":
		return "", nil
	}
	// A map, because a struct would take "Name" for "name" as well.
	var params map[string]json.RawMessage
	var name string
	if json.Unmarshal(request.Params, &params) != nil || json.Unmarshal(params["name"], &name) != nil || name == "" {
		return "", errMessage
	}
	return name, nil
}
