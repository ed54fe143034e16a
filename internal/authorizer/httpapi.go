package authorizer

import "strings"

// RenderHTTPAPI renders a token's claims as the JWT authorizer of an HTTP API
// does, in payload format 1.0 and 2.0: all of them text, numbers in decimal,
// arrays as [a b], null left out. Numbers are expected as json.Number, since a
// float64 would render in another form. A nil map gives an empty one.
//
// The bracket form is observed, not documented; that of objects, of fractions
// and of nested arrays is unconfirmed.
func RenderHTTPAPI(claims map[string]any) map[string]string {
	return render(claims, func(_ string, value any) string { return httpAPIText(value) })
}

func httpAPIText(value any) string {
	if texts, ok := elements(value, httpAPIText); ok {
		return "[" + strings.Join(texts, " ") + "]"
	}
	return scalar(value)
}

// HTTPAPIList reads the list that an HTTP API rendered as text. Text without
// brackets was one string. Bracketed text can be a string too, or hold elements
// with blanks: it is ambiguous, and ok is false, unless noBlanks says that the
// claim is a list of non-empty names without blanks.
func HTTPAPIList(text string, noBlanks bool) (list []string, ok bool) {
	inner, bracketed := Unbracket(text)
	switch {
	case !bracketed:
		return []string{text}, true
	case !noBlanks:
		return nil, false
	case inner == "":
		return nil, true
	}
	return names(inner, " ")
}

// IsBracketed reports whether text has the form of a rendered array.
func IsBracketed(text string) bool {
	_, ok := Unbracket(text)
	return ok
}

// Unbracket removes the brackets around a rendered array, one pair of them; ok
// is false if text does not have both.
func Unbracket(text string) (inner string, ok bool) {
	inner, opened := strings.CutPrefix(text, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	return inner, opened && closed
}

// names splits joined names; an empty one contradicts the claim that they are
// names, so that the text means something else.
func names(joined, separator string) ([]string, bool) {
	list := strings.Split(joined, separator)
	for _, name := range list {
		if name == "" {
			return nil, false
		}
	}
	return list, true
}
