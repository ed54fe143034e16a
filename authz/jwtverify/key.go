package jwtverify

import (
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/lestrrat-go/jwx/v3/jwk"
)

var (
	errUnknownKey = invalid("no key of the issuer has its kid")
	errRepeated   = invalid("several different keys of the issuer have its kid")
	errWrongKey   = invalid("its alg does not go with its key")
	errSignature  = invalid("its signature does not verify")
)

// A key is a public key of an issuer.
type key struct {
	public any    // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey
	alg    string // the only algorithm it may be used with; "": any that fits
}

// verify checks a token's signature. Which algorithm made it is the token's
// word, so the key has to agree (RFC 8725 section 3.1).
func (k *key) verify(t *token, m method) error {
	if !m.fits(k.public) || k.alg != "" && k.alg != t.alg {
		return errWrongKey
	}
	if m.verifier.Verify(k.public, t.signed, t.signature) != nil {
		return errSignature // the cause may quote the token
	}
	return nil
}

func (k *key) equal(other *key) bool {
	if k == repeated || other == repeated {
		return k == other
	}
	public, ok := k.public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.alg == other.alg && public.Equal(other.public)
}

// A keySet is an issuer's usable keys by their ids.
type keySet map[string]*key

// repeated stands for keys that differ although they have the same id. Which of
// them is meant cannot be known, so none is used.
var repeated = new(key)

// find returns the key with this id, else why there is none.
func (s keySet) find(kid string) (*key, error) {
	switch k := s[kid]; k {
	case nil:
		return nil, errUnknownKey
	case repeated:
		return nil, errRepeated
	default:
		return k, nil
	}
}

// knows reports whether nothing better could be fetched for this id. Without an
// id that is so wherever there are keys.
func (s keySet) knows(kid string) bool {
	k := s[kid]
	return k != nil && k != repeated || kid == "" && s != nil
}

func (s keySet) equal(other keySet) bool { return maps.EqualFunc(s, other, (*key).equal) }

// parseKeySet reads a JWK Set (RFC 7517 section 5). Keys that cannot verify a
// token are passed over, as that section advises: symmetric, private, unknown,
// too weak, without an id or for another use. A set in which none is left is an
// error.
func parseKeySet(data []byte) (keySet, error) {
	var list struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, errors.New("jwtverify: the key set is not a JSON object with keys")
	}
	set := keySet{}
	for _, data := range list.Keys {
		if kid, k, ok := parseKey(data); ok {
			set.add(kid, k)
		}
	}
	ids := set.repeated()
	switch {
	case len(set) == 0:
		return nil, errors.New("jwtverify: no key of the set is usable")
	case len(ids) == len(set):
		return nil, fmt.Errorf("jwtverify: no key of the set is usable: different keys have the id %q", ids[0])
	}
	return set, nil
}

// add takes a key that is listed twice once.
func (s keySet) add(kid string, k *key) {
	switch other := s[kid]; {
	case other == nil:
		s[kid] = k
	case !other.equal(k):
		s[kid] = repeated
	}
}

// repeated returns the ids of keys that differ, sorted.
func (s keySet) repeated() []string {
	var ids []string
	for kid, k := range s {
		if k == repeated {
			ids = append(ids, kid)
		}
	}
	slices.Sort(ids)
	return ids
}

func parseKey(data []byte) (kid string, k *key, ok bool) {
	parsed, err := jwk.ParseKey(data)
	if err != nil || !verifies(parsed) {
		return "", nil, false
	}
	k = new(key)
	if err := jwk.Export(parsed, &k.public); err != nil || !isVerifiable(k.public) {
		return "", nil, false
	}
	if alg, ok := parsed.Algorithm(); ok {
		k.alg = alg.String()
	}
	kid, ok = parsed.KeyID()
	return kid, k, ok && kid != ""
}

// verifies follows RFC 7517 sections 4.2 and 4.3.
func verifies(k jwk.Key) bool {
	if use, ok := k.KeyUsage(); ok && use != string(jwk.ForSignature) {
		return false
	}
	if ops, ok := k.KeyOps(); ok && !slices.Contains(ops, jwk.KeyOpVerify) {
		return false
	}
	return k.Validate() == nil
}
