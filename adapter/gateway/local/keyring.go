package local

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

// keyring is the key that signs and the public keys of all tokens that count.
// It is not modified once it is made.
type keyring struct {
	signing jwk.Key
	public  jwk.Set
}

func newKeyring() (*keyring, error) {
	key, err := newKey()
	if err != nil {
		return nil, fmt.Errorf("local: making the issuer's key: %w", err)
	}
	return keyringOf(key)
}

func keyringOf(key jwk.Key) (*keyring, error) {
	public, err := jwk.PublicKeyOf(key)
	if err != nil {
		return nil, fmt.Errorf("local: the issuer's key: %w", err)
	}
	ring := &keyring{signing: key, public: jwk.NewSet()}
	return ring, ring.public.AddKey(public)
}

// join returns a keyring that signs as k does and also verifies what earlier
// signed; nil adds nothing.
func (k *keyring) join(earlier *keyring) (*keyring, error) {
	if earlier == nil {
		return k, nil
	}
	public, err := k.public.Clone()
	if err != nil {
		return nil, fmt.Errorf("local: the issuer's keys: %w", err)
	}
	for i := range earlier.public.Len() {
		if key, ok := earlier.public.Key(i); ok {
			if err := public.AddKey(key); err != nil {
				return nil, fmt.Errorf("local: the issuer's keys: %w", err)
			}
		}
	}
	return &keyring{signing: k.signing, public: public}, nil
}

// newKey makes an RSA key because an HTTP API verifies no other kind
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html).
func newKey() (jwk.Key, error) {
	raw, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	key, err := jwk.Import(raw)
	if err != nil {
		return nil, err
	}
	if err := jwk.AssignKeyID(key); err != nil {
		return nil, err
	}
	if err := key.Set(jwk.AlgorithmKey, jwa.RS256()); err != nil {
		return nil, err
	}
	return key, key.Set(jwk.KeyUsageKey, jwk.ForSignature)
}
