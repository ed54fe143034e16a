// Command releasing prepares a release of every module that others may import:
// the order of tags, the requires between the modules, and proof that programs
// which import them from a module proxy get what README promises.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const root = "github.com/gatehouse-go/gatehouse"

// unpublished are the modules that get no tag.
var unpublished = []string{"examples", "internal/compat", "adapter/awslabs/internal/migration"}

var semantic = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$`)

func main() {
	dry := flag.Bool("n", false, "change nothing: build the modules and programs that import them")
	flag.Parse()
	if err := run(*dry, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(dry bool, version string) error {
	if !semantic.MatchString(version) {
		return fmt.Errorf("%q is not a semantic version such as v0.1.0", version)
	}
	if major := version[:strings.Index(version, ".")]; major != "v0" && major != "v1" {
		return fmt.Errorf("%s: from v2 on, every module path needs the suffix /%s", version, major)
	}
	modules, err := published()
	if err != nil {
		return err
	}
	if !dry {
		return set(modules, version)
	}
	printTags(modules, version)
	if err := printAPI(modules); err != nil {
		return err
	}
	return prove(modules, version)
}

// module is one that gets a tag.
type module struct {
	dir  string // below the root, "." for the root module
	path string
}

func (m module) tag(version string) string {
	if m.dir == "." {
		return version
	}
	return m.dir + "/" + version
}

// published lists the modules in the order in which tags are pushed: a module
// after those it requires. The root requires none of ours, the others only it.
func published() ([]module, error) {
	out, err := exec.Command("git", "ls-files", "--", "go.mod", "*/go.mod").Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var modules []module
	for file := range strings.FieldsSeq(string(out)) {
		dir := filepath.Dir(file)
		if slices.Contains(unpublished, dir) {
			continue
		}
		m := module{dir, root}
		if dir != "." {
			m.path += "/" + dir
		}
		if err := m.check(); err != nil {
			return nil, err
		}
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b module) int { return cmp.Compare(a.dir, b.dir) })
	return modules, nil
}

// goMod is the part of go mod edit -json that is looked at.
type goMod struct {
	Module  struct{ Path string }
	Require []struct{ Path, Version string }
	Replace []struct{ Old struct{ Path string } }
}

func (m module) read() (mod goMod, err error) {
	out, err := exec.Command("go", "mod", "edit", "-json", filepath.Join(m.dir, "go.mod")).Output()
	if err != nil {
		return mod, fmt.Errorf("%s: go mod edit: %w", m.dir, err)
	}
	return mod, json.Unmarshal(out, &mod)
}

func (m module) check() error {
	mod, err := m.read()
	if err != nil {
		return err
	}
	var problems []error
	if mod.Module.Path != m.path {
		problems = append(problems, fmt.Errorf("%s/go.mod: module %s, want %s", m.dir, mod.Module.Path, m.path))
	}
	for _, r := range mod.Require {
		if below, ours := strings.CutPrefix(r.Path, root+"/"); ours {
			problems = append(problems, fmt.Errorf("%s/go.mod requires %s: published modules may require only the root module, so that it is tagged first", m.dir, below))
		}
	}
	return errors.Join(problems...)
}

// set makes the nested modules require the version that is about to be tagged.
// Their replace directives stay: they count here, and for nobody who imports.
func set(modules []module, version string) error {
	for _, m := range modules {
		if m.dir == "." {
			continue
		}
		edit := exec.Command("go", "mod", "edit", "-require="+root+"@"+version, filepath.Join(m.dir, "go.mod"))
		edit.Stderr = os.Stderr
		if err := edit.Run(); err != nil {
			return fmt.Errorf("%s: %w", m.dir, err)
		}
	}
	fmt.Println("The requires are set. Commit them, then tag that commit and push the tags:")
	printTags(modules, version)
	return nil
}

func printTags(modules []module, version string) {
	fmt.Println("tags, in this order:")
	for _, m := range modules {
		fmt.Printf("  git tag %s && git push origin %[1]s\n", m.tag(version))
	}
}
