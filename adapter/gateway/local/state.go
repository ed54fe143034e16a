package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"

	"github.com/lestrrat-go/jwx/v3/jwk"
)

// stateFile keeps one issuer's store between two runs of the program.
type stateFile struct {
	path   string
	issuer string
}

// state is what the file holds: JSON, private keys and all, which is why nobody
// else may read it.
type state struct {
	Version int             `json:"version"`
	Issuer  string          `json:"issuer"`
	Key     json.RawMessage `json:"key"`
	kept
}

const stateVersion = 1

var notInNames = regexp.MustCompile(`[^A-Za-z0-9.]+`)

// openState makes dir if it is not there, and returns where in it the issuer of
// this URL keeps its state.
func openState(dir, issuer string) (*stateFile, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("local: State: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("local: State: %w", err)
	}
	// Windows has no such bits.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("local: State %q has the permissions %04o and will hold private keys; chmod 700 it, or name a folder that is not there yet", dir, mode)
	}
	name := "issuer-" + notInNames.ReplaceAllString(issuer, "-") + ".json"
	return &stateFile{filepath.Join(dir, name), issuer}, nil
}

func (f *stateFile) is(other *stateFile) bool { return *f == *other }

// read returns no keys if nothing has been kept yet.
func (f *stateFile) read() (*keyring, kept, error) {
	text, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, kept{}, nil
	}
	if err != nil {
		return nil, kept{}, fmt.Errorf("local: State: %w", err)
	}
	s, ring, err := parseState(text)
	switch {
	case err != nil:
		return nil, kept{}, fmt.Errorf("local: State: %s cannot be used; remove it to begin anew: %w", f.path, err)
	case s.Issuer != f.issuer:
		return nil, kept{}, fmt.Errorf("local: State: %s belongs to the issuer %q, not to %q", f.path, s.Issuer, f.issuer)
	}
	return ring, s.kept, nil
}

// parseState returns errors that quote nothing of the text.
func parseState(text []byte) (state, *keyring, error) {
	var s state
	if json.Unmarshal(text, &s) != nil {
		return state{}, nil, errors.New("it is not the JSON that was written")
	}
	if s.Version != stateVersion {
		return state{}, nil, fmt.Errorf("version %d, want %d", s.Version, stateVersion)
	}
	if len(s.Secret) == 0 || s.Codes == nil || s.Sessions == nil {
		return state{}, nil, errors.New("a member is missing")
	}
	key, err := jwk.ParseKey(s.Key)
	if err != nil {
		return state{}, nil, errors.New("its key is not a JWK")
	}
	if private, err := jwk.IsPrivateKey(key); err != nil || !private || key.KeyType().String() != "RSA" {
		return state{}, nil, errors.New("its key is not a private RSA key")
	}
	ring, err := keyringOf(key)
	return s, ring, err
}

// write replaces the file as a whole, so that a program that is killed leaves
// either the old state or the new one.
func (f *stateFile) write(ring *keyring, k kept) error {
	key, err := json.Marshal(ring.signing)
	if err != nil {
		return fmt.Errorf("local: State: %w", err)
	}
	text, err := json.MarshalIndent(state{stateVersion, f.issuer, key, k}, "", "\t")
	if err != nil {
		return fmt.Errorf("local: State: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(f.path), "new-*") // 0600
	if err != nil {
		return fmt.Errorf("local: State: %w", err)
	}
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("local: State: %w", errors.Join(err, os.Remove(temporary.Name())))
	}
	return nil
}
