package console_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestFirefox makes fewer checks than TestConsole: those of what browsers differ in.
func TestFirefox(t *testing.T) {
	modules := modulesWith(t, "puppeteer-core")
	for _, name := range []string{"firefox", "firefox-esr"} {
		if path, err := exec.LookPath(name); err == nil {
			inBrowser(t, "firefox.mjs", modules, path, 8)
			return
		}
	}
	t.Skip("neither firefox nor firefox-esr is on PATH")
}

// modulesWith finds the node_modules that hold a package.
func modulesWith(t *testing.T, name string) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip(err)
	}
	modules := os.Getenv("GATEHOUSE_BROWSER")
	if modules == "" {
		modules = "../node_modules"
	}
	if _, err := os.Stat(filepath.Join(modules, name)); err != nil {
		t.Skipf("no %s, neither where GATEHOUSE_BROWSER says nor by npm ci: %v", name, err)
	}
	return modules
}
