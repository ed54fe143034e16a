package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// commands are the AWS CLI commands whose output -check reads. A file is named
// after its command; what follows the name is free.
var commands = []string{
	// aws apigatewayv2
	"get-api", "get-routes", "get-integrations", "get-authorizer", "get-authorizers",
	"get-stages", "export-api", "get-api-mappings",
	// aws apigateway; get-authorizer, get-authorizers and get-stages as well
	"get-rest-api", "get-resources", "get-export", "get-base-path-mappings",
	// aws lambda
	"get-policy", "list-function-url-configs",
}

// inputs are the files of a folder, by command.
type inputs map[string][]input

// input is what one command printed.
type input struct {
	file string
	data []byte
	// absent is the error that the command ended with instead, where the script
	// recorded one.
	absent string
	of     string // what is absent
}

// readInputs reads a folder. It returns an error that joins all files which no
// command printed.
func readInputs(dir string) (inputs, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("apigateway: %w", err)
	}
	in := inputs{}
	var problems []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		command, f, err := readFile(dir, e)
		if err != nil {
			problems = append(problems, fmt.Errorf("apigateway: %s: %w", filepath.Join(dir, e.Name()), err))
			continue
		}
		in[command] = append(in[command], f)
	}
	return in, errors.Join(problems...)
}

func readFile(dir string, e fs.DirEntry) (command string, f input, err error) {
	command = commandOf(e.Name())
	if e.IsDir() || command == "" {
		return "", f, errors.New("is not named after an AWS CLI command that is read here: " + strings.Join(commands, ", "))
	}
	f.file = e.Name()
	if f.data, err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
		return "", f, err
	}
	if len(bytes.TrimSpace(f.data)) == 0 {
		return "", f, errors.New("is empty; a command that found nothing prints something, and one that failed proves nothing")
	}
	if err := whole(f.data); err != nil {
		return "", f, err
	}
	return command, f, f.readAbsence()
}

// commandOf returns the command that a file is named after, "" for none.
func commandOf(name string) string {
	name, ok := strings.CutSuffix(name, ".json")
	if !ok {
		return ""
	}
	best := ""
	for _, c := range commands {
		rest, ok := strings.CutPrefix(name, c)
		if ok && (rest == "" || strings.ContainsAny(rest[:1], "-_.")) && len(c) > len(best) {
			best = c
		}
	}
	return best
}

// whole reports whether data is one JSON object without duplicate members, without
// a next page and without anything that was to be filled in.
func whole(data []byte) error {
	if err := duplicates(data); err != nil {
		var at *documentError
		if errors.As(err, &at) {
			return fmt.Errorf("%s: %s", at.place, at.what)
		}
		return err
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	root, ok := v.(map[string]any)
	if !ok {
		return errors.New("is not a JSON object")
	}
	for _, more := range []string{"NextToken", "nextToken", "NextMarker", "position"} {
		if token := root[more]; token != nil && token != "" {
			return fmt.Errorf("is not the last page: it has a %s", more)
		}
	}
	return unresolved(root)
}

// unresolved finds what a template or a stage would have to fill in.
func unresolved(root map[string]any) error {
	var err error
	walkJSON("", root, func(place string, v any) {
		m := v.(map[string]any)
		for name, value := range m {
			text, _ := value.(string)
			switch {
			case strings.HasPrefix(name, "Fn::") || name == "Ref" && len(m) == 1:
				err = fmt.Errorf("%s: %s was not resolved; this is a template, not what is deployed", place, name)
			case strings.Contains(text, "${") && slices.Contains([]string{"IntegrationUri", "uri", "AuthorizerUri", "authorizerUri", "Issuer", "issuer"}, name):
				err = fmt.Errorf("%s/%s: %q holds a reference; what it stands for cannot be checked", place, name, text)
			}
		}
	})
	return err
}

// readAbsence reads what the script wrote where a command found nothing.
func (f *input) readAbsence() error {
	var v struct{ Absent, Of *string }
	if err := json.Unmarshal(f.data, &v); err != nil || v.Absent == nil {
		return nil //nolint:nilerr // it is another object
	}
	if *v.Absent != "ResourceNotFoundException" && *v.Absent != "NotFoundException" {
		return fmt.Errorf("the command failed with %s, which proves nothing", *v.Absent)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(f.data, &members); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name != "Absent" && name != "Of" {
			return fmt.Errorf("records an absence and has %s", name)
		}
	}
	f.absent = *v.Absent
	if v.Of != nil {
		f.of = *v.Of
	}
	return nil
}

// decode decodes the file, in which members may be unknown: AWS adds some.
func (f input) decode(v any) error {
	if f.absent != "" {
		return fmt.Errorf("apigateway: %s: records that nothing was found where something must be", f.file)
	}
	if err := json.Unmarshal(f.data, v); err != nil {
		return fmt.Errorf("apigateway: %s: %w", f.file, err)
	}
	return nil
}

// errorf is an error about the file.
func (f input) errorf(format string, args ...any) error {
	return fmt.Errorf("apigateway: "+f.file+": "+format, args...)
}

// remarshal decodes a part of the file that is already decoded.
func (f input) remarshal(part, v any) error {
	data, err := json.Marshal(part)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return f.errorf("%w", err)
	}
	return nil
}
