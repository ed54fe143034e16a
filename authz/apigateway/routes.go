package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// routesVersion is that of the format of routes.json.
const routesVersion = 1

// routesFile is routes.json: the routes, the same for all environments. Templates
// loop over it.
type routesFile struct {
	Version int     `json:"version"`
	Routes  []Route `json:"routes"`
}

// JSON returns routes.json, a line for each route.
func (p *Plan) JSON() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"version\":%d,\"routes\":[", routesVersion)
	for i, r := range p.Routes {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(compact(r))
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

// compact encodes a value without spaces; <, > and & stay as they are.
func compact(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // only types of this package
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// ParseRoutes reads a routes.json. It returns an error that joins everything which
// no Plan would have written.
func ParseRoutes(data []byte) ([]Route, error) {
	var file routesFile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("apigateway: not a routes.json: %w", err)
	}
	if d.More() {
		return nil, errors.New("apigateway: not a routes.json: something follows the object")
	}
	if file.Version != routesVersion {
		return nil, fmt.Errorf("apigateway: routes.json has version %d, this program writes and reads %d", file.Version, routesVersion)
	}
	if len(file.Routes) == 0 {
		return nil, errors.New("apigateway: routes.json has no routes")
	}
	var problems []error
	seen := map[string]bool{}
	for _, r := range file.Routes {
		method, path, err := parseKey(r.Key)
		id := method + " " + path.shape()
		switch {
		case err != nil:
			problems = append(problems, err)
		case seen[id]:
			problems = append(problems, fmt.Errorf("route %q is there twice", r.Key))
		case !slices.Contains([]Auth{None, JWT, CognitoUserPools, IAM, Custom}, r.Auth):
			problems = append(problems, fmt.Errorf("route %q: auth %q is not known", r.Key, r.Auth))
		case len(r.Scopes) > 0 && r.Auth != JWT && r.Auth != CognitoUserPools:
			problems = append(problems, fmt.Errorf("route %q: scopes need a JWT or Cognito authorizer, not %s", r.Key, r.Auth))
		}
		seen[id] = true
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("apigateway: routes.json: %w", err)
	}
	return file.Routes, nil
}
