// Package authorizer renders token claims the way API Gateway's authorizers
// hand them to a function, and reads those renderings back.
//
// A rendering loses types: on an HTTP API the array ["a b"], the array
// ["a", "b"] and the string "[a b]" are all the text [a b]; a Cognito
// authorizer of a REST API writes ["a", "b"] and the string "a,b" alike. The
// readers therefore take what the caller knows of a list's elements, and report
// a text as ambiguous rather than choose a reading of it.
package authorizer

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// render renders each claim by text; a null claim is left out, as the gateway
// leaves it out.
func render(claims map[string]any, text func(name string, value any) string) map[string]string {
	rendered := make(map[string]string, len(claims))
	for name, value := range claims {
		if value != nil {
			rendered[name] = text(name, value)
		}
	}
	return rendered
}

// elements renders the elements of an array. It returns false for another value.
func elements(value any, text func(any) string) ([]string, bool) {
	switch array := value.(type) {
	case []string:
		return array, true
	case []any:
		texts := make([]string, len(array))
		for i, element := range array {
			texts[i] = text(element)
		}
		return texts, true
	}
	return nil, false
}

// scalar renders what is not an array: a string as it is, a number as its decimal
// text, an object as JSON. For objects and for null in an array the gateway's
// own text is unconfirmed.
func scalar(value any) string {
	if object, ok := value.(map[string]any); ok {
		return objectText(object)
	}
	return fmt.Sprint(value)
}

// objectText ignores Encode's error: a claim was JSON once, and what was JSON
// encodes.
func objectText(object map[string]any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(object)
	return string(bytes.TrimSpace(b.Bytes()))
}
