package apigateway

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Names of the files that a plan is written to.
const (
	RoutesFile         = "routes.json"
	OpenAPIFile        = "openapi.json"
	CloudFormationFile = "openapi.cfn.json"
)

// planFile is one of the files of a plan.
type planFile struct {
	name string
	data []byte
}

// files are what a plan is written as. The routes and the document for
// CloudFormation are the same for all environments.
func (p *Plan) files(e *Environment) []planFile {
	return []planFile{
		{RoutesFile, p.JSON()},
		{OpenAPIFile, p.OpenAPI(e)},
		{CloudFormationFile, p.CloudFormationOpenAPI()},
	}
}

// Diff returns an error that says in which files of a folder the plan of a policy
// differs from what is there; nil if in none, and if the plan has no problems but
// warnings. It is for the test that keeps committed files up to date:
//
//	if err := apigateway.Diff(mux, options, "deploy/gateway"); err != nil {
//		t.Error(err) // go run ./deploy -out deploy/gateway
//	}
func Diff(r Router, opts *Options, dir string) error {
	p, err := New(r, opts)
	if err != nil {
		return err
	}
	differences, err := diff(p.files(nil), dir)
	for _, d := range differences {
		err = errors.Join(err, errors.New("apigateway: "+d))
	}
	return errors.Join(p.Err(), err)
}

// diff says in which files a folder differs from what would be written, naming the
// first line of each that does.
func diff(files []planFile, dir string) (differences []string, err error) {
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		old, e := os.ReadFile(path)
		switch {
		case errors.Is(e, fs.ErrNotExist):
			differences = append(differences, path+" is missing")
		case e != nil:
			err = errors.Join(err, fmt.Errorf("apigateway: %w", e))
		case !bytes.Equal(old, f.data):
			line, was, is := firstDifference(string(old), string(f.data))
			differences = append(differences, fmt.Sprintf("%s:%d:\n\t- %s\n\t+ %s", path, line, was, is))
		}
	}
	return differences, err
}

func firstDifference(a, b string) (line int, was, is string) {
	old, now := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(old), len(now)) {
		was, is = "(nothing)", "(nothing)"
		if i < len(old) {
			was = old[i]
		}
		if i < len(now) {
			is = now[i]
		}
		if was != is {
			return i + 1, was, is
		}
	}
	return 0, "", ""
}

// write replaces the files in a folder, which is made if it is missing. What is
// there under one of their names must be such a file: a mistyped folder must not
// lose anything.
func write(files []planFile, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("apigateway: %w", err)
	}
	for _, f := range files {
		if err := replaceable(filepath.Join(dir, f.name)); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := replace(filepath.Join(dir, f.name), f.data); err != nil {
			return fmt.Errorf("apigateway: %w", err)
		}
	}
	return nil
}

// replaceable reports whether a file may be overwritten.
func replaceable(path string) error {
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("apigateway: %w", err)
	}
	if filepath.Base(path) == RoutesFile {
		if _, err := ParseRoutes(old); err != nil {
			return fmt.Errorf("apigateway: %s is not what this program wrote, so it is not overwritten: %w", path, err)
		}
		return nil
	}
	if !bytes.Contains(old, []byte(extIntegration)) {
		return fmt.Errorf("apigateway: %s is not what this program wrote, so it is not overwritten", path)
	}
	return nil
}

// replace writes a file so that readers see the old or the new one, never a part.
func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
