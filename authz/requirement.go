package authz

import (
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
)

type public struct{}

// Public admits everybody, even without an identity. It must be the whole
// requirement of a route: All, Any and Guard.Every panic if they are given it,
// because it would mean nothing there or open what the others close.
//
// The handler still learns who is calling, if the Identifier says so. An error of
// the Identifier makes the caller nobody.
func Public() Requirement { return public{} }

func (public) Check(*http.Request, *claims.Identity) error { return nil }
func (public) String() string                              { return "public" }
func (public) lacks(*claims.Identity) (error, bool)        { return nil, false }

type authenticated struct{}

// Authenticated admits every caller who has an identity, whatever it may do.
func Authenticated() Requirement { return authenticated{} }

func (authenticated) Check(*http.Request, *claims.Identity) error { return nil }
func (authenticated) String() string                              { return "authenticated" }
func (authenticated) lacks(*claims.Identity) (error, bool)        { return nil, false }

type noRoute struct{}

// UnknownRoute is for routers that keep their own list of routes, to give to
// Guard.Check or Allow when no route matches. Every caller with an identity meets
// it and may learn that there is no route. The Decision's Result is NoRoute.
// Registering a route with it panics. A Mux uses it by itself.
func UnknownRoute() Requirement { return noRoute{} }

func (noRoute) Check(*http.Request, *claims.Identity) error { return nil }
func (noRoute) String() string                              { return "no route" }
func (noRoute) lacks(*claims.Identity) (error, bool)        { return nil, false }

type function struct {
	name  string
	check func(*http.Request, *claims.Identity) error
}

// Func returns a requirement that calls f. Its text in Policy and Decision is
// name. f is never called with a nil Identity and must be safe for concurrent
// use. Its error is treated like that of Requirement.Check. Func panics if f is
// nil, or if name is empty or longer than one line.
func Func(name string, f func(*http.Request, *claims.Identity) error) Requirement {
	if name == "" || strings.ContainsAny(name, "\r\n\t") {
		panic("authz: Func without a name of one line")
	}
	if f == nil {
		panic("authz: Func with a nil function")
	}
	return function{name, f}
}

func (f function) Check(r *http.Request, id *claims.Identity) error { return f.check(r, id) }
func (f function) String() string                                   { return f.name }
