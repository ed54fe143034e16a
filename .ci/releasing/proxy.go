package main

import (
	"archive/zip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// fileProxy writes every module to dir as a module proxy serves it: only the
// files that git knows, none of modules further down, and a go.mod that
// requires the root module's release. It returns dir as a GOPROXY entry.
func fileProxy(dir string, modules []module, version string) (string, error) {
	for _, m := range modules {
		if err := m.publish(filepath.Join(dir, m.path, "@v"), version); err != nil {
			return "", fmt.Errorf("%s: %w", m.path, err)
		}
	}
	return "file://" + filepath.ToSlash(dir), nil
}

func (m module) publish(dir, version string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	mod, err := m.released(version)
	if err != nil {
		return err
	}
	files := map[string]string{
		"list":            version + "\n",
		version + ".info": `{"Version":"` + version + `","Time":"2026-01-01T00:00:00Z"}`,
		version + ".mod":  mod,
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return m.archive(filepath.Join(dir, version+".zip"), version, mod)
}

// released returns the go.mod as it will be tagged.
func (m module) released(version string) (string, error) {
	if m.dir == "." {
		content, err := os.ReadFile("go.mod")
		return string(content), err
	}
	copied, err := os.CreateTemp("", "*.mod")
	if err != nil {
		return "", err
	}
	defer os.Remove(copied.Name())
	content, err := os.ReadFile(filepath.Join(m.dir, "go.mod"))
	if err != nil {
		return "", err
	}
	if _, err := copied.Write(content); err != nil {
		return "", err
	}
	copied.Close()
	if err := exec.Command("go", "mod", "edit", "-require="+root+"@"+version, copied.Name()).Run(); err != nil {
		return "", fmt.Errorf("go mod edit: %w", err)
	}
	content, err = os.ReadFile(copied.Name())
	return string(content), err
}

func (m module) archive(file, version, mod string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	names, err := m.files()
	if err != nil {
		return err
	}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(m.dir, name))
		if err != nil {
			return err
		}
		if name == "go.mod" {
			content = []byte(mod)
		}
		w, err := z.Create(m.path + "@" + version + "/" + name)
		if err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	return z.Close()
}

// files lists the module's files without those of modules below it.
func (m module) files() ([]string, error) {
	list := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate")
	list.Dir = m.dir
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	all := strings.Split(strings.TrimSpace(string(out)), "\n")
	var nested []string
	for _, name := range all {
		if dir, ok := strings.CutSuffix(name, "/go.mod"); ok {
			nested = append(nested, dir+"/")
		}
	}
	var own []string
	for _, name := range all {
		if _, err := os.Stat(filepath.Join(m.dir, name)); err == nil && !hasPrefix(name, nested) {
			own = append(own, name)
		}
	}
	return own, nil
}

func hasPrefix(name string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
