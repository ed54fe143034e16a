package mcp

import (
	"context"
	"errors"
	"log/slog"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/gatehouse-go/gatehouse/claims"
)

var (
	errScope  = errors.New("this tool takes a scope that the token does not have")
	errFailed = errors.New("the tool failed")
)

type (
	none  struct{}
	draft struct {
		Title string `json:"title" jsonschema:"what is to be done, at most 200 characters"`
	}
	list struct {
		Tasks []string `json:"tasks"`
	}
)

// newServer returns the server and what its tools take. It is made once: it keeps
// nothing of a request.
func newServer(tasks Tasks) (*sdk.Server, scopes) {
	server := sdk.NewServer(&sdk.Implementation{Name: "tasks", Version: "1"}, nil)
	needs := scopes{}
	add(server, needs, ReadScope, &sdk.Tool{Name: "list_tasks", Description: "Lists the caller's tasks."},
		func(ctx context.Context, owner string, _ none) (list, error) {
			titles, err := tasks.List(ctx, owner)
			return list{append([]string{}, titles...)}, err
		})
	add(server, needs, WriteScope, &sdk.Tool{Name: "add_task", Description: "Adds a task to the caller's."},
		func(ctx context.Context, owner string, in draft) (none, error) {
			return none{}, tasks.Add(ctx, owner, in.Title)
		})
	return server, needs
}

// add is how a tool comes into being: not without a scope. What a tool is given is
// its caller, by claims.Identity.Key, and its input, but nothing of the request.
//
// The scope is checked here once more. The requirement has done so on the name that
// it read, and this is the tool that the SDK read out of the same bytes.
func add[In, Out any](server *sdk.Server, needs scopes, scope string, tool *sdk.Tool, run func(ctx context.Context, owner string, in In) (Out, error)) {
	needs[tool.Name] = scope
	sdk.AddTool(server, tool, func(ctx context.Context, _ *sdk.CallToolRequest, in In) (*sdk.CallToolResult, Out, error) {
		var nothing Out
		caller, ok := claims.FromContext(ctx)
		if !ok || !caller.HasScope(scope) {
			return nil, nothing, errScope
		}
		out, err := run(ctx, caller.Key(), in)
		var told Refusal
		switch {
		case errors.As(err, &told):
			return nil, nothing, told
		case err != nil: // the SDK would send its text
			slog.ErrorContext(ctx, "a tool failed", "tool", tool.Name, "error", err)
			return nil, nothing, errFailed
		}
		return nil, out, nil
	})
}
