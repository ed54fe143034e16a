package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// documentError is something wrong with an app's own OpenAPI document.
type documentError struct {
	place string // a JSON pointer
	what  string
}

func (e *documentError) Error() string {
	if e.place == "" {
		return "apigateway: OpenAPI document: " + e.what
	}
	return fmt.Sprintf("apigateway: OpenAPI document: %s: %s", e.place, e.what)
}

// appDocument is an app's own OpenAPI document, into which a plan writes what each
// operation asks for and where it goes.
type appDocument struct {
	root       map[string]any
	operations []appOperation
	names      map[string]string // of parameters, by the shape of the path up to them
}

// appOperation is one operation of the document.
type appOperation struct {
	place  string
	method string // or ANY
	path   template
	says   *security // nil: the document says nothing about it
}

// security is what a document says of an operation, scopes in all alternatives
// taken together.
type security struct {
	open   bool
	scopes []string
}

// parseDocument reads an OpenAPI 3.0 document and reports all that API Gateway
// could not import or that no plan can complete.
func parseDocument(data []byte) (*appDocument, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, &documentError{"", "is empty"}
	}
	if err := duplicates(data); err != nil {
		return nil, err
	}
	d := &appDocument{names: map[string]string{}}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&d.root); err != nil {
		return nil, &documentError{"", err.Error()}
	}
	version, _ := d.root["openapi"].(string)
	if !strings.HasPrefix(version, "3.0.") {
		return nil, &documentError{"/openapi", fmt.Sprintf("version %q: API Gateway imports 3.0 only", version)}
	}
	if err := d.loops(); err != nil {
		return nil, err
	}
	return d, d.read()
}

// read lists the operations.
func (d *appDocument) read() error {
	paths, ok := d.root["paths"].(map[string]any)
	if !ok {
		return &documentError{"/paths", "is missing or not an object"}
	}
	var problems []error
	shapes := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		place := "/paths/" + pointerEscape(path)
		t, err := parseTemplate(path)
		if err != nil {
			problems = append(problems, &documentError{place, err.Error()})
			continue
		}
		if other, taken := shapes[t.shape()]; taken {
			problems = append(problems, &documentError{place, fmt.Sprintf("is the same path as %s", other)})
		}
		shapes[t.shape()] = path
		for i, s := range t {
			if s.kind == param {
				d.names[t[:i+1].shape()] = s.text
			}
		}
		item, ok := d.resolve(paths[path]).(map[string]any)
		if !ok {
			problems = append(problems, &documentError{place, "is not an object"})
			continue
		}
		if _, ok := item["$ref"]; ok { // what it would bring in is not known
			problems = append(problems, &documentError{place + "/$ref", "leads out of this document"})
		}
		paths[path] = item
		problems = append(problems, d.readItem(place, t, item))
	}
	return errors.Join(problems...)
}

// notOperations are the members of a path item that describe no operation.
var notOperations = []string{"parameters", "servers", "summary", "description", "$ref"}

func (d *appDocument) readItem(place string, t template, item map[string]any) error {
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(item)) {
		method := strings.ToUpper(name)
		switch {
		case slices.Contains(notOperations, name), strings.HasPrefix(name, "x-") && name != extAnyMethod:
			continue
		case name == extAnyMethod:
			method = anyMethod
		case name != strings.ToLower(name) || !slices.Contains(methods, method):
			problems = append(problems, &documentError{place + "/" + pointerEscape(name), "no route can have this method"})
			continue
		}
		operation, ok := item[name].(map[string]any)
		if !ok {
			problems = append(problems, &documentError{place + "/" + name, "is not an object"})
			continue
		}
		if _, ok := operation["$ref"]; ok { // beside it security would not count
			problems = append(problems, &documentError{place + "/" + name, "an operation cannot be a $ref"})
		}
		d.operations = append(d.operations, appOperation{place + "/" + name, method, t, d.security(operation)})
	}
	return errors.Join(problems...)
}

// security reads what the document says of an operation, by itself or for all.
func (d *appDocument) security(operation map[string]any) *security {
	list, ok := operation["security"].([]any)
	if !ok {
		list, ok = d.root["security"].([]any)
	}
	if !ok {
		return nil
	}
	s := &security{open: len(list) == 0}
	for _, alternative := range list {
		schemes, _ := alternative.(map[string]any)
		s.open = s.open || len(schemes) == 0
		for _, scopes := range schemes {
			scopes, _ := scopes.([]any)
			for _, scope := range scopes {
				if text, ok := scope.(string); ok {
					s.scopes = append(s.scopes, text)
				}
			}
		}
	}
	slices.Sort(s.scopes)
	s.scopes = slices.Compact(s.scopes)
	return s
}

// resolve follows references within the document to the value they lead to.
func (d *appDocument) resolve(v any) any {
	for range 100 {
		ref, ok := reference(v)
		if !ok {
			return v
		}
		v = d.at(ref)
	}
	return nil
}

// reference returns where a reference to the same document leads.
func reference(v any) (string, bool) {
	m, _ := v.(map[string]any)
	ref, ok := m["$ref"].(string)
	return strings.TrimPrefix(ref, "#"), ok && strings.HasPrefix(ref, "#/")
}

// at is the value at a JSON pointer, nil if there is none.
func (d *appDocument) at(pointer string) any {
	var v any = d.root
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		m, _ := v.(map[string]any)
		v = m[pointerUnescape(name)]
	}
	return v
}

// loops finds references that lead to each other and to nothing else. A schema
// that holds itself is allowed.
func (d *appDocument) loops() error {
	var problems []error
	walkJSON("", d.root, func(place string, v any) {
		first, ok := reference(v)
		if !ok {
			return
		}
		seen := map[string]bool{place: true}
		for at := first; ok; {
			if seen[at] {
				problems = append(problems, &documentError{place, "the $ref leads back to itself"})
				return
			}
			seen[at] = true
			at, ok = reference(d.at(at))
		}
		if d.resolve(v) == nil {
			problems = append(problems, &documentError{place, "the $ref leads nowhere"})
		}
	})
	return errors.Join(problems...)
}

// walkJSON calls f for every object of a document, in a stable order.
func walkJSON(place string, v any, f func(place string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		f(place, v)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			walkJSON(place+"/"+pointerEscape(name), v[name], f)
		}
	case []any:
		for i, item := range v {
			walkJSON(fmt.Sprintf("%s/%d", place, i), item, f)
		}
	}
}

var (
	toPointer   = strings.NewReplacer("~", "~0", "/", "~1")
	fromPointer = strings.NewReplacer("~1", "/", "~0", "~")
)

func pointerEscape(name string) string   { return toPointer.Replace(name) }
func pointerUnescape(name string) string { return fromPointer.Replace(name) }

// maxDepth bounds how deeply a document may be nested.
const maxDepth = 500

// duplicates finds members that are there twice, of which encoding/json would keep
// the last in silence.
func duplicates(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := duplicatesIn(d, "", 0); err != nil {
		return err
	}
	if d.More() {
		return &documentError{"", "something follows the document"}
	}
	return nil
}

func duplicatesIn(d *json.Decoder, place string, depth int) error {
	if depth > maxDepth {
		return &documentError{place, "is nested too deeply"}
	}
	token, err := d.Token()
	if err != nil {
		return &documentError{place, err.Error()}
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for i := 0; d.More(); i++ {
		at := fmt.Sprintf("%s/%d", place, i)
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return &documentError{place, err.Error()}
			}
			at = place + "/" + pointerEscape(name.(string))
			if seen[at] {
				return &documentError{at, "is there twice"}
			}
			seen[at] = true
		}
		if err := duplicatesIn(d, at, depth+1); err != nil {
			return err
		}
	}
	if _, err = d.Token(); err != nil {
		return &documentError{place, err.Error()}
	}
	return nil
}
