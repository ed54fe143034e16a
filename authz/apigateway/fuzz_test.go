package apigateway_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

// What is read as routes is written as the same routes.
func FuzzParseRoutes(f *testing.F) {
	plan := planOf(f, notes(), nil)
	f.Add(plan.JSON())
	f.Add([]byte(`{"version":1,"routes":[{"key":"GET /{a}/{b+}","auth":"JWT","authorizer":"x","scopes":["a"]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		routes, err := apigateway.ParseRoutes(data)
		if err != nil {
			return
		}
		again, err := apigateway.ParseRoutes((&apigateway.Plan{Routes: routes}).JSON())
		if diff := cmp.Diff(routes, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%v: -read +written and read:\n%s", err, diff)
		}
		if _, err := apigateway.Compare(routes, plan.Routes); err != nil {
			t.Errorf("they cannot be compared: %v", err)
		}
	})
}

// Whatever an app's document holds, there is a plan with documents that are JSON, or
// an error.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(app))
	f.Add([]byte(`{"openapi":"3.0.1","paths":{"/hello":{"$ref":"#/x"}},"x":{"get":{"security":[{}]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, err := apigateway.New(notes(), &apigateway.Options{Document: append(data, ' ')})
		if err != nil {
			return
		}
		for _, document := range [][]byte{plan.OpenAPI(nil), plan.CloudFormationOpenAPI()} {
			if !json.Valid(document) {
				t.Errorf("not JSON: %s", document)
			}
		}
	})
}

// A file of a right deployment is replaced: the check ends with an answer, and only
// what says the same as the right file passes.
func FuzzCheckedFile(f *testing.F) {
	mux, right := deployedNotes(f)
	names := slices.Sorted(maps.Keys(right))
	for i, name := range names {
		f.Add(uint8(i), mustJSON(f, right[name]))
	}
	f.Add(uint8(0), []byte(`{"Absent":"ResourceNotFoundException","Of":"x"}`))
	f.Fuzz(func(t *testing.T, file uint8, data []byte) {
		folder := right.clone()
		name := names[int(file)%len(names)]
		folder[name] = string(data)
		c := check(t, mux, nil, folder, rightEnvironment())
		switch {
		case c.code == 2 || c.code == 3:
			t.Errorf("exit %d: %s", c.code, c.text)
		case c.code == 0 && len(bytes.TrimSpace(data)) == 0:
			t.Error("an empty file passes")
		}
	})
}
