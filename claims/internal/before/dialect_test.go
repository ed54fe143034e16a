package before

import (
	"time"

	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

// A dialect is how a source writes as text what a token holds as another JSON
// type. The zero dialect belongs to sources that keep the types.
type dialect struct {
	date func(text string) (time.Time, bool)
	// list reads an array; known means that its elements are known to be names
	// without the character that separates them.
	list func(text string, known bool) ([]string, bool)
}

// dialects are by Source. What an odd event holds as a JSON number, bool or
// array is exact in any of them.
//
// Whether a REST API hands on a Lambda authorizer's numbers and bools as such or
// as text is unconfirmed, and lists are text there: both are understood.
var dialects = [len(sources)]dialect{
	JWT:              {authorizer.NumericDate, authorizer.HTTPAPIList},
	Cognito:          {cognitoDate, authorizer.CognitoList},
	LambdaAuthorizer: {authorizer.NumericDate, authorizer.CognitoList},
}

// joinsByComma tells whether the source's lists are text such as a,b.
func (s Source) joinsByComma() bool { return s == Cognito || s == LambdaAuthorizer }

// isText tells whether the source writes everything as text.
func (d dialect) isText() bool { return d.list != nil }

// dateOf reads a NumericDate of any source.
func (d dialect) dateOf(c claim) (time.Time, bool) {
	switch {
	case c.kind == '0':
		return authorizer.NumericDate(c.text)
	case c.kind == '"' && d.date != nil:
		return d.date(c.text)
	}
	return time.Time{}, false
}
