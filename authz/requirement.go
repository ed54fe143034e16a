package authz

import (
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
)

type public struct{}

// Public admits everybody, nobody included. It must be the whole requirement
// of a route: inside All or Any, or as Guard.Every, it panics, because there it
// would either mean nothing or open what the other requirements close.
//
// The handler still learns who is calling, if Identify says so; an error of
// Identify makes the caller nobody.
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

// UnknownRoute is what routers of other makes give to Guard.Check or Allow where
// no route matched: every caller with an identity meets it and may learn that
// there is none; the Decision's Result is NoRoute. It panics where a route is
// registered with it. A Mux asks it by itself.
func UnknownRoute() Requirement { return noRoute{} }

func (noRoute) Check(*http.Request, *claims.Identity) error { return nil }
func (noRoute) String() string                              { return "no route" }
func (noRoute) lacks(*claims.Identity) (error, bool)        { return nil, false }

type function struct {
	name  string
	check func(*http.Request, *claims.Identity) error
}

// Func makes a requirement of f; name is its text in Policy and Decision. f is
// never called with a nil Identity; it must be safe for concurrent use. Func
// panics if f is nil, or if name is empty or of more than a line.
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
