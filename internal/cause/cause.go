// Package cause tells the texts of errors that this module wrote from those of
// others. Only the former may be logged unasked: what a database or a user's
// function says of an error may hold anything.
package cause

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Text is an error whose text is the module's own: a constant, or made of
// configuration, never of a request.
type Text string

// Error returns the text.
func (t Text) Error() string { return string(t) }

// Own is an error whose whole text is the module's own, whatever it wraps.
type Own struct{ Err error }

// Error returns the error's text.
func (o *Own) Error() string { return o.Err.Error() }

// Unwrap returns the error.
func (o *Own) Unwrap() error { return o.Err }

// Named is an error that came from a user's code, with the name by which the
// configuration knows that code. It reads as the error does.
type Named struct {
	Name string
	Err  error
}

// Error returns the error's text.
func (n *Named) Error() string { return n.Err.Error() }

// Unwrap returns the error.
func (n *Named) Unwrap() error { return n.Err }

// maxText bounds what one line says of a cause, in bytes.
const maxText = 400

// Of returns what may be logged of err: the Texts and Owns in its tree, each once and
// without the name of a package, and of every other error the type, after the
// name of whose it is if that is known. It is "" for nil.
func Of(err error) string {
	var said []string
	collect(err, "", &said)
	return Shortened(strings.Join(said, "; "), maxText)
}

// Shortened returns a text of at most so many bytes, and an ellipsis if there were more.
// It cuts between characters.
func Shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

func collect(err error, name string, said *[]string) {
	switch e := err.(type) {
	case nil:
		return
	case Text:
		add(said, trim(string(e)))
		return
	case *Own:
		add(said, trim(e.Error()))
		return
	case *Named:
		collect(e.Err, e.Name, said)
		return
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			collect(inner, name, said)
		}
		return
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			collect(inner, name, said)
			return
		}
	}
	if name != "" {
		name += ": "
	}
	add(said, name+fmt.Sprintf("%T", err))
}

func add(said *[]string, text string) {
	if !slices.Contains(*said, text) {
		*said = append(*said, text)
	}
}

func trim(text string) string {
	for _, prefix := range [...]string{"authz: ", "claims: ", "jwtverify: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}
