package apigateway

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// Exit codes of Main. Where several apply it is the first of 2, 4, 3, 1, 5.
const (
	exitOK        = 0
	exitFindings  = 1 // findings or differences
	exitUsage     = 2
	exitProblems  = 3 // a policy that no routes can express
	exitInput     = 4 // a file that cannot be read or written, or that contradicts another
	exitUnchecked = 5 // something that must be checked was not
)

// Main is the main function of a program of the user's that writes and checks the
// gateway's half of a policy. The policy is code, so the program is too:
//
//	func main() { apigateway.Main(notes.Handler(who, &notes.Memory{}), nil) }
//
// Its commands are
//
//	-out DIR [-also OLD.json] [-openapi APP.json] [-env FILE]
//		writes routes.json, openapi.json and openapi.cfn.json
//	-diff DIR [-also OLD.json] [-openapi APP.json] [-env FILE]
//		compares DIR with what -out would write
//	-check DIR -env FILE [-function ARN[:ALIAS]] [-allow-unchecked NAME]… [-json]
//		checks what is deployed, as AWS CLI commands printed it
//	-compare OLD.json [-strict]
//		prints what changes since other routes as Markdown
//	-commands API -function ARN[:ALIAS]
//		prints a script that collects -check's input, and the policy it needs
//
// It exits with 0 if all is well, 1 for findings or differences (-compare only with
// -strict, for loosened routes), 2 for wrong usage, 3 for a policy that no routes
// can express (nothing is written then), 4 for input that cannot be read or
// contradicts itself, and 5 where something that must be checked was not.
func Main(r Router, opts *Options) {
	os.Exit(Run(os.Args[1:], os.Stdout, os.Stderr, r, opts))
}

// command is one run of Main.
type command struct {
	stdout, stderr io.Writer
	router         Router
	opts           Options

	out, diff, check, compare, commands string
	also, openapi, env, function        string
	strict, json                        bool
	allowed                             list
	environment                         *Environment
	failed                              map[int]bool // exit codes that apply
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// Run is Main with its arguments and streams, and the exit code as its result.
func Run(args []string, stdout, stderr io.Writer, r Router, opts *Options) int {
	c := &command{stdout: stdout, stderr: stderr, router: r, failed: map[int]bool{}}
	if opts != nil {
		c.opts = *opts
	}
	if err := c.parse(args); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(stderr, err)
		}
		return exitUsage
	}
	c.run()
	for _, code := range []int{exitUsage, exitInput, exitProblems, exitFindings, exitUnchecked} {
		if c.failed[code] {
			return code
		}
	}
	return exitOK
}

func (c *command) parse(args []string) error {
	f := flag.NewFlagSet("apigateway", flag.ContinueOnError)
	f.SetOutput(c.stderr)
	f.StringVar(&c.out, "out", "", "write routes.json, openapi.json and openapi.cfn.json to a `folder`")
	f.StringVar(&c.diff, "diff", "", "compare a `folder` with what -out would write")
	f.StringVar(&c.check, "check", "", "check what is deployed, as AWS CLI commands printed it into a `folder`")
	f.StringVar(&c.compare, "compare", "", "print what changes since another version's routes.json, a `file`")
	f.StringVar(&c.commands, "commands", "", "print a script that collects the input of -check for an API's `id`")
	f.StringVar(&c.also, "also", "", "plan for another version too, by its routes.json, a `file`")
	f.StringVar(&c.openapi, "openapi", "", "complete the app's own OpenAPI 3.0 document, a JSON `file`")
	f.StringVar(&c.env, "env", "", "what differs between environments: a JSON `file`")
	f.StringVar(&c.function, "function", "", "the function that the routes call, `ARN[:ALIAS]`; routes to others are foreign")
	f.Var(&c.allowed, "allow-unchecked", "do not fail because this `name` was not checked; may be repeated")
	f.BoolVar(&c.strict, "strict", false, "with -compare: fail if a route is loosened")
	f.BoolVar(&c.json, "json", false, "with -check: print JSON")
	if err := f.Parse(args); err != nil {
		return err
	}
	return c.usage(f)
}

// usage reports what cannot go together.
func (c *command) usage(f *flag.FlagSet) error {
	var problems []error
	if f.NArg() > 0 {
		problems = append(problems, fmt.Errorf("apigateway: %q is not a flag", f.Arg(0)))
	}
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) {
		given[f.Name] = true
		if f.Value.String() == "" {
			problems = append(problems, fmt.Errorf("apigateway: -%s has no value", f.Name))
		}
	})
	var command []string
	for _, name := range []string{"out", "diff", "check", "compare", "commands"} {
		if given[name] {
			command = append(command, name)
		}
	}
	if len(command) != 1 {
		return errors.Join(append(problems, errors.New("apigateway: give one of -out, -diff, -check, -compare, -commands"))...)
	}
	for name, with := range map[string]string{
		"also": "out diff compare", "openapi": "out diff compare", "env": "out diff check", "function": "check commands",
		"allow-unchecked": "check", "strict": "compare", "json": "check",
	} {
		if given[name] && !strings.Contains(with, command[0]) {
			problems = append(problems, fmt.Errorf("apigateway: -%s does not go with -%s", name, command[0]))
		}
	}
	if command[0] == "check" && !given["env"] {
		problems = append(problems, errors.New("apigateway: -check needs -env: a file with the issuers and accounts of this environment"))
	}
	if c.function != "" && !functionARN.MatchString(c.function) {
		problems = append(problems, fmt.Errorf("apigateway: -function: %q is not the ARN of a function, or ARN:ALIAS", c.function))
	}
	if command[0] == "commands" && (!apiID.MatchString(c.commands) || c.function == "") {
		problems = append(problems, errors.New("apigateway: -commands needs the id of an API, and -function ARN[:ALIAS]"))
	}
	return errors.Join(problems...)
}

// fail prints an error and remembers the exit code.
func (c *command) fail(code int, err error) {
	c.failed[code] = true
	fmt.Fprintln(c.stderr, err)
}

func (c *command) run() {
	if c.env != "" {
		c.environment = readInput(c, c.env, ParseEnvironment)
	}
	switch {
	case c.check != "":
		c.runCheck()
		return
	case c.commands != "":
		c.runCommands()
		return
	}
	plan := c.plan()
	if plan == nil {
		return
	}
	switch {
	case c.compare != "":
		c.runCompare(plan)
	case c.diff != "":
		c.runDiff(plan)
	case plan.Failed():
	default:
		if err := write(plan.files(c.environment), c.out); err != nil {
			c.fail(exitInput, err)
			return
		}
		fmt.Fprintf(c.stdout, "%d routes in %s\n", len(plan.Routes), c.out)
	}
}

// plan makes the plan and prints what is to be said about it; nil if there is none,
// or if some input could not be read.
func (c *command) plan() *Plan {
	if c.openapi != "" {
		c.opts.Document = readInput(c, c.openapi, func(data []byte) ([]byte, error) { return data, nil })
	}
	var also []Route
	if c.also != "" {
		also = readInput(c, c.also, ParseRoutes)
	}
	if len(c.failed) > 0 {
		return nil
	}
	var plan *Plan
	var err error
	if c.also != "" {
		plan, err = NewAlso(c.router, &c.opts, also)
	} else {
		plan, err = New(c.router, &c.opts)
	}
	if err != nil {
		code := exitProblems
		var inDocument *documentError
		if errors.As(err, &inDocument) {
			code = exitInput
		}
		c.fail(code, err)
		return nil
	}
	for _, problem := range plan.Problems {
		if problem.Warning {
			fmt.Fprintf(c.stderr, "warning: %s\n", problem)
		} else {
			c.fail(exitProblems, errors.New("problem: "+problem.String()))
		}
	}
	for _, difference := range plan.Differences {
		c.fail(exitFindings, errors.New("difference: "+difference))
	}
	return plan
}

// readInput reads and parses a file; the zero value if that fails.
func readInput[T any](c *command, path string, parse func([]byte) (T, error)) T {
	var zero T
	data, err := os.ReadFile(path)
	if err != nil {
		c.fail(exitInput, fmt.Errorf("apigateway: %w", err))
		return zero
	}
	v, err := parse(data)
	if err != nil {
		c.fail(exitInput, fmt.Errorf("%s: %w", path, err))
		return zero
	}
	return v
}

func (c *command) runDiff(plan *Plan) {
	differences, err := diff(plan.files(c.environment), c.diff)
	if err != nil {
		c.fail(exitInput, err)
	}
	for _, d := range differences {
		c.failed[exitFindings] = true
		fmt.Fprintln(c.stdout, d)
	}
}

func (c *command) runCompare(plan *Plan) {
	old := readInput(c, c.compare, ParseRoutes)
	if old == nil {
		return
	}
	comparison, err := Compare(old, plan.Routes)
	if err != nil {
		c.fail(exitInput, err)
		return
	}
	fmt.Fprint(c.stdout, comparison.Markdown())
	if c.strict && len(comparison.Loosened) > 0 {
		c.failed[exitFindings] = true
	}
}
