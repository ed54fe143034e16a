package examples_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// outside are commands of the pages that need an account, another program or a person,
// by their first word, and what holds them instead.
var outside = map[string]string{
	"aws":       "docs/thirteen-steps.md and the deployment's are run against moto by .ci/run templates",
	"sam":       "needs an account; the template is transformed by .ci/run templates",
	"terraform": "applied to moto by .ci/run templates",
	"curl":      "needs the program that the page starts beside it; the program's own test sends such requests",
	"grep":      "for the user's own code; TestGrep",
	"sh":        "a script that -commands has printed",
	"sed":       "within a pipeline of aws",
	"echo":      "prints",
	"cd":        "a folder",
	"npm":       ".ci/run browser",
	"export":    "a variable",
	"source":    "a file of the user's own",
	"zip":       "packs what was built",
	"kill":      "ends what the page has started",
}

// TestCommands: each command of a page is one that exists. The programs, packages, tests,
// flags and steps that it names are there; what needs more than Go is in outside.
func TestCommands(t *testing.T) {
	seen := map[string]int{}
	for _, page := range pagesWithCommands(t) {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		blocks := strings.Split(string(content), "```sh\n")[1:]
		for _, block := range blocks {
			script, _, _ := strings.Cut(block, "\n```")
			dir := ".."
			for _, command := range commands(script) {
				if to, ok := strings.CutPrefix(command, "cd "); ok {
					dir = filepath.Join(dir, to)
				}
				kind, err := checkCommand(dir, command)
				if err != nil {
					t.Errorf("%s: %s: %v", strings.TrimPrefix(page, "../"), command, err)
				}
				seen[kind]++
			}
		}
	}
	t.Logf("%v", seen)
	for _, kind := range []string{"go run", "go test", ".ci/run", ".ci/bench"} {
		if seen[kind] == 0 {
			t.Errorf("no page has %s", kind)
		}
	}
}

func pagesWithCommands(t *testing.T) (pages []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

var (
	assignment = regexp.MustCompile(`^[A-Z_]+=(\S*|"[^"]*"|'[^']*')\s+`)
	captured   = regexp.MustCompile(`^[A-Z_]+=\$\(`)
	flagName   = regexp.MustCompile(`^--?([a-z][a-z-]*)`)
	comment    = regexp.MustCompile(`(?m)(^|\s+)#.*$`)
	function   = regexp.MustCompile(`(?ms)^(\w+)\(\) \{.*?\}$`)
)

// commands are a script's, without comments, with continued lines joined, and without
// the variables that are set before them.
func commands(script string) (all []string) {
	var own []string
	for _, m := range function.FindAllStringSubmatch(script, -1) {
		own = append(own, m[1])
	}
	script = function.ReplaceAllString(script, "")
	for line := range strings.Lines(withoutComments(script)) {
		line = strings.TrimSpace(line)
		if captured.MatchString(line) {
			line = captured.ReplaceAllString(line, "")
		}
		for assignment.MatchString(line + " ") {
			line = strings.TrimSpace(assignment.ReplaceAllString(line+" ", ""))
		}
		for command := range strings.SplitSeq(line, " && ") {
			if word, _, _ := strings.Cut(command, " "); command != "" && !slices.Contains(own, word) {
				all = append(all, strings.TrimSpace(command))
			}
		}
	}
	return all
}

// withoutComments is a script with a command on each line.
func withoutComments(script string) string {
	script = comment.ReplaceAllString(script, "")
	return strings.NewReplacer("\\\n", " ", "|\n", "| ").Replace(script)
}

// checkCommand returns what kind of command it is, and an error if it cannot be run in dir.
func checkCommand(dir, command string) (kind string, err error) {
	words := strings.Fields(command)
	switch {
	case len(words) > 2 && words[0] == "go" && words[1] == "run":
		return "go run", checkRun(dir, words[2:])
	case len(words) > 2 && words[0] == "go" && words[1] == "test":
		return "go test", checkTest(dir, words[2:])
	case words[0] == "go" && len(words) > 1 && slices.Contains([]string{"get", "build", "doc", "install"}, words[1]):
		return "go " + words[1], nil
	case words[0] == ".ci/run" || words[0] == ".ci/bench" || words[0] == "bash":
		return words[0], checkSteps(words)
	case outside[words[0]] != "":
		return words[0], nil
	}
	return "", fmt.Errorf("not a known command: add it to outside, with what holds it")
}

// checkRun looks for the program, and for each flag in its sources or in those of the
// package that reads its arguments.
func checkRun(dir string, words []string) error {
	if words[0] == "./deploy" { // the reader's own
		words[0] = "./examples/notes/deploy"
	}
	dir = filepath.Join(dir, words[0])
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(sources) == 0 {
		return fmt.Errorf("no program %s", words[0])
	}
	main, err := filepath.Glob("../authz/apigateway/*.go")
	if err != nil {
		return err
	}
	text, err := textOf(append(sources, main...))
	if err != nil {
		return err
	}
	if !strings.Contains(text, "package main\n") {
		return fmt.Errorf("%s is no program", words[0])
	}
	for _, word := range words[1:] {
		if m := flagName.FindStringSubmatch(word); m != nil && !strings.Contains(text, `"`+m[1]+`"`) {
			return fmt.Errorf("no flag %s", word)
		}
		if strings.ContainsAny(word, ">|") {
			break // another command's
		}
	}
	return nil
}

// textOf returns the contents of the files, joined.
func textOf(files []string) (string, error) {
	var text strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		text.Write(content)
	}
	return text.String(), nil
}

// checkTest looks for the packages, and for the test or benchmark that -run or -bench names.
func checkTest(dir string, words []string) error {
	var folders, names []string
	for i := 0; i < len(words); i++ {
		switch word := words[i]; {
		case word == "-run" || word == "-bench" || word == "-fuzz":
			i++
			names = append(names, strings.Split(strings.Trim(words[i], "'\"^$()."), "|")...)
		case word == "-timeout" || word == "-count" || word == "-fuzztime" || word == "-benchtime":
			i++
		case word == "." || strings.HasPrefix(word, "./"):
			folders = append(folders, word)
		case word == "work" || strings.HasPrefix(word, "-"):
		default:
			return fmt.Errorf("what is %s?", word)
		}
	}
	var sources []string
	for _, folder := range folders {
		files, err := testFiles(filepath.Join(dir, folder))
		if err != nil {
			return err
		}
		sources = append(sources, files...)
	}
	text, err := textOf(sources)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name != "" && !regexp.MustCompile(`func (Test|Benchmark|Fuzz|Example)\w*`+regexp.QuoteMeta(name)+`|func `+regexp.QuoteMeta(name)).MatchString(text) {
			return fmt.Errorf("no test or benchmark %s", name)
		}
	}
	return nil
}

// testFiles are those of a package, or of all packages below where it ends in "...".
func testFiles(folder string) (files []string, err error) {
	folder, below := strings.CutSuffix(folder, "/...")
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != folder && !below:
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			files = append(files, path)
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no tests in %s", folder)
	}
	return files, err
}

// checkSteps looks for the steps in the script that runs them. A benchmark's step has
// arguments of its own.
func checkSteps(words []string) error {
	if words[0] == "bash" {
		words = words[1:]
	}
	content, err := os.ReadFile(filepath.Join("..", words[0]))
	if err != nil {
		return err
	}
	steps := words[1:]
	if words[0] == ".ci/bench" {
		steps = steps[:1]
	}
	for _, step := range steps {
		if !regexp.MustCompile(`(?m)^(step_)?` + regexp.QuoteMeta(step) + `\(\)|^\s*` + regexp.QuoteMeta(step) + `\)`).Match(content) {
			return fmt.Errorf("no step %s", step)
		}
	}
	return nil
}
