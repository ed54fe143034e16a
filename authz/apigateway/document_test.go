package apigateway_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

// app is an app's own document of a part of the notes policy.
const app = `{
  "openapi": "3.0.3",
  "info": {"title": "Notes", "version": "7"},
  "security": [{"oauth": ["notes-api/read"]}],
  "paths": {
    "/hello": {"get": {"operationId": "hello", "security": [], "responses": {"200": {"description": "OK"}}}},
    "/notes/{noteId}": {
      "parameters": [{"name": "noteId", "in": "path", "required": true, "schema": {"type": "string"}}],
      "get": {"operationId": "getNote", "responses": {"200": {"$ref": "#/components/responses/Note"}}}
    },
    "/notes": {"post": {"operationId": "addNote", "security": [{"oauth": ["notes-api/write"]}], "responses": {"201": {"description": "made"}}}}
  },
  "components": {
    "responses": {"Note": {"description": "a note"}},
    "schemas": {"Tree": {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}}},
    "securitySchemes": {"oauth": {"type": "oauth2", "flows": {}}}
  }
}`

func withDocument(document string) *apigateway.Options {
	return &apigateway.Options{Document: []byte(document)}
}

func TestDocumentIsCompleted(t *testing.T) {
	plan := planOf(t, notes(), withDocument(app))
	if len(plan.Differences) > 0 {
		t.Errorf("differences %q", plan.Differences)
	}
	doc := decode(t, plan.OpenAPI(environment))
	tests := []struct {
		name string
		path []string
		want any
	}{
		{"what is the app's stays", []string{"paths", "/notes/{noteId}", "get", "operationId"}, "getNote"},
		{"its title too", []string{"info", "title"}, "Notes"},
		{"security", []string{"paths", "/notes/{noteId}", "get", "security"}, []any{map[string]any{"jwt": []any{"notes-api/read"}}}},
		{"an open operation", []string{"paths", "/hello", "get", "security"}, []any{}},
		{"integration", []string{"paths", "/notes", "post", "x-amazon-apigateway-integration", "type"}, "aws_proxy"},
		{"an operation that the app does not list", []string{"paths", "/notes/{noteId}", "head", "security"}, []any{map[string]any{"jwt": []any{"notes-api/read"}}}},
		{"a path that the app does not list", []string{"paths", "/{proxy+}", "x-amazon-apigateway-any-method", "security"}, []any{map[string]any{"jwt": []any{}}}},
		{"one path of a shape", []string{"paths", "/notes/{id}"}, nil},
		{"the app's schemes stay", []string{"components", "securitySchemes", "oauth", "type"}, "oauth2"},
		{"ours are added", []string{"components", "securitySchemes", "jwt", "type"}, "oauth2"},
		{"nothing is inherited", []string{"security"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, at(doc, tt.path...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	again := planOf(t, notes(), withDocument(app))
	if string(again.OpenAPI(nil)) != string(plan.OpenAPI(nil)) {
		t.Error("the same document gives other bytes")
	}
}

// By this extension a document could open what its security protects.
func TestDocumentCannotOpenWhatIsProtected(t *testing.T) {
	document := strings.Replace(app, `"operationId": "getNote",`, `"operationId": "getNote", "x-amazon-apigateway-auth": {"type": "NONE"},`, 1)
	doc := decode(t, planOf(t, notes(), withDocument(document)).OpenAPI(environment))
	if auth := at(doc, "paths", "/notes/{noteId}", "get", "x-amazon-apigateway-auth"); auth != nil {
		t.Errorf("x-amazon-apigateway-auth is %v", auth)
	}
}

func TestCompletedDocumentIsValid(t *testing.T) {
	plan := planOf(t, notes(), withDocument(app))
	python(t, "openapi_spec_validator", "", "-m", "openapi_spec_validator", write(t, "openapi.json", plan.OpenAPI(environment)))
}

func TestDocumentContradictsThePolicy(t *testing.T) {
	tests := []struct{ name, old, now, want string }{
		{"open", `"security": [{"oauth": ["notes-api/write"]}]`, `"security": []`, "/paths/~1notes/post: the document says open, the policy says scope notes-api/write"},
		{"optional", `"security": [{"oauth": ["notes-api/write"]}]`, `"security": [{}, {"oauth": ["notes-api/write"]}]`, "/paths/~1notes/post: the document says open"},
		{"closed", `"operationId": "hello", "security": [],`, `"operationId": "hello",`, "/paths/~1hello/get: the document asks for a token, the policy says public"},
		{"another scope", `["notes-api/write"]`, `["notes-api/read"]`, "/paths/~1notes/post: the document names the scope notes-api/read, the policy says scope notes-api/write"},
		{"no scope", `["notes-api/write"]`, `[]`, "/paths/~1notes/post: the document does not name the scope notes-api/write"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := planOf(t, notes(), withDocument(strings.Replace(app, tt.old, tt.now, 1)))
			if len(plan.Differences) != 1 || !strings.Contains(plan.Differences[0], tt.want) {
				t.Errorf("differences %q, want %q", plan.Differences, tt.want)
			}
			code, _, errs := runMain(t, notes(), "-out", t.TempDir(), "-openapi", write(t, "app.json", []byte(strings.Replace(app, tt.old, tt.now, 1))))
			if code != 1 || !strings.Contains(errs, tt.want) {
				t.Errorf("exit %d: %s", code, errs)
			}
		})
	}
}

// What API Gateway could not import, or no function of this policy would answer, is
// an error with its place.
func TestBadDocuments(t *testing.T) {
	tests := []struct{ name, old, now, want string }{
		{"version 3.1", `"3.0.3"`, `"3.1.0"`, `/openapi: version "3.1.0": API Gateway imports 3.0 only`},
		{"version 2", `"openapi": "3.0.3"`, `"swagger": "2.0"`, `/openapi: version "": API Gateway imports 3.0 only`},
		{"an unknown operation", `"/hello": {"get"`, `"/hello": {"delete"`, "/paths/~1hello/delete: no rule of the policy serves this operation"},
		{"an unknown path", `"/hello"`, `"/goodbye"`, "/paths/~1goodbye/get: no rule of the policy serves this operation"},
		{"an unknown method", `"/hello": {"get"`, `"/hello": {"trace"`, "/paths/~1hello/trace: no route can have this method"},
		{"a duplicate path", `"/hello": {`, `"/hello": {"get": {}}, "/hello": {`, "/paths/~1hello: is there twice"},
		{"a path under two names", `"/hello": {`, `"/notes/{id}": {"get": {}}, "/hello": {`, "/paths/~1notes~1{noteId}: is the same path as /notes/{id}"},
		{"a loop", `"Note": {"description": "a note"}`, `"Note": {"$ref": "#/components/responses/More"}, "More": {"$ref": "#/components/responses/Note"}`, "/components/responses/Note: the $ref leads back to itself"},
		{"a loop of one", `"Note": {"description": "a note"}`, `"Note": {"$ref": "#/components/responses/Note"}`, "/components/responses/Note: the $ref leads back to itself"},
		{"a reference to nothing", `"Note": {"description": "a note"}`, `"Other": {}`, "/paths/~1notes~1{noteId}/get/responses/200: the $ref leads nowhere"},
		{"a path of another document", `"/hello": {`, `"/hello": {"$ref": "https://docs.example/hello.json", `, "/paths/~1hello/$ref: leads out of this document"},
		{"an operation that is elsewhere", `{"operationId": "addNote", `, `{"$ref": "#/paths/~1hello/get", `, "/paths/~1notes/post: an operation cannot be a $ref"},
		{"a slash at the end", `"/hello"`, `"/hello/"`, "/paths/~1hello~1: a segment or a parameter's name is empty"},
		{"no paths", `"paths"`, `"x-paths"`, "/paths: is missing or not an object"},
		{"two documents", `"version": "7"}`, `"version": "7"}}{"a":{}`, "something follows the document"},
		{"a scheme with an authorizer's name", `"oauth": {"type"`, `"jwt": {"type": "http"}, "oauth": {"type"`, "/components/securitySchemes/jwt: an authorizer will have this name"},
		{"nested too deeply", `"version": "7"`, `"version": ` + strings.Repeat("[", 600) + strings.Repeat("]", 600), "is nested too deeply"},
		{"not JSON", `{`, `openapi: 3.0.3`, "invalid character"},
		{"empty", app, "", "is empty"},
		{"blank", app, "\n", "is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			document := strings.Replace(app, tt.old, tt.now, 1)
			_, err := apigateway.New(notes(), withDocument(document))
			wantError(t, err, tt.want)
			code, _, errs := runMain(t, notes(), "-out", t.TempDir(), "-openapi", write(t, "app.json", []byte(document)))
			if code != 4 || !strings.Contains(errs, tt.want) {
				t.Errorf("exit %d: %s", code, errs)
			}
		})
	}
}

// An operation that is narrower than its rule's pattern gets a route of its own.
func TestDocumentNamesMore(t *testing.T) {
	mux := muxOf(&authz.Guard{}, rules{"GET /files/", a})
	document := `{"openapi":"3.0.1","info":{"title":"x","version":"1"},"paths":{"/files/{folder}/{name}":{"get":{"responses":{"200":{"description":"x"}}}}}}`
	plan := planOf(t, mux, withDocument(document))
	want := []string{"GET /files scope a", "HEAD /files scope a", "GET /files/{folder}/{name} scope a", "GET /files/{proxy+} scope a", "HEAD /files/{proxy+} scope a"}
	if diff := cmp.Diff(want, lines(plan)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
