package claims_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// referred accepts all that an event can say, as the reference reading does.
var referred = claims.MustNew(claims.Config{
	Sources:           allSources,
	InsecureAnyIssuer: true,
	InsecureAnyAPI:    true,
	LambdaClaims:      meanings,
})

// byReference returns the Identity of what the reference reading finds, nil for
// nobody.
func byReference(t *testing.T, event *adapter.Event) *claims.Identity {
	t.Helper()
	var text string
	if event.RequestContext(&text) != nil {
		return nil
	}
	context, err := parseNode(exact(text))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(nobody); !ok {
				panic(r)
			}
		}
	}()
	source, said, certificate := readReference(event.Format(), context)
	if source == 0 {
		return nil
	}
	id, err := claims.NewIdentity(source, said)
	if err != nil {
		return nil
	}
	if certificate != nil && source != claims.ClientCertificate {
		c, err := claims.NewIdentity(claims.ClientCertificate, withDates(certificate))
		if err != nil {
			return nil
		}
		id.Certificate = c.Certificate
	}
	return id
}

// withDates makes a certificate one that can be somebody's, if it can be read.
func withDates(certificate map[string]any) map[string]any {
	c := maps.Clone(certificate)
	if c["validity"] == nil {
		c["validity"] = map[string]any{"notBefore": "Jan  1 00:00:00 1970 GMT", "notAfter": "Jan  1 00:00:00 1970 GMT"}
	}
	c["subjectDN"], c["issuerDN"] = "CN=somebody", "CN=somebody"
	return c
}

// checkAgainstReference reads an event by the walk and by the reference.
func checkAgainstReference(t *testing.T, text string) (known bool) {
	t.Helper()
	event, err := adapter.ParseEvent([]byte(text))
	if err != nil {
		return false
	}
	got, err := referred.IdentifyContext(adapter.NewContext(t.Context(), event))
	want := byReference(t, event)
	if (got == nil) != (want == nil) {
		t.Fatalf("%v: %+v, %v, by the reference %+v\n%s", event.Format(), got, err, want, text)
	}
	if got == nil {
		return false
	}
	ignored := cmpopts.IgnoreFields(claims.Identity{}, "APIKeyID", "Certificate")
	if diff := cmp.Diff(want, got, ignored, cmpopts.IgnoreUnexported(claims.Identity{})); diff != "" {
		t.Fatalf("%v: -reference +got:\n%s\n%s", event.Format(), diff, text)
	}
	// cmp takes time with the power of the depth.
	if w, g := maps.Collect(want.Claims()), maps.Collect(got.Claims()); !reflect.DeepEqual(w, g) {
		t.Fatalf("%v: claims %v, by the reference %v\n%s", event.Format(), g, w, text)
	}
	if (want.Certificate == nil) != (got.Certificate == nil) {
		t.Fatalf("%v: certificate %+v, by the reference %+v\n%s", event.Format(), got.Certificate, want.Certificate, text)
	}
	return true
}

// The walk reads every event as the reference does, which goes through it in the
// plainest way: those of testdata and those that a generator makes with every
// kind of fault in them.
func TestWalkAgainstReference(t *testing.T) {
	for _, row := range events {
		event, _ := adapter.FromContext(recorded(t, row.file).Context())
		raw, err := event.Raw()
		if err != nil {
			t.Fatal(err)
		}
		checkAgainstReference(t, string(raw))
	}
	const n = 5000
	known, state, choices := 0, uint64(1), make([]byte, 256)
	for range n {
		for i := range choices {
			state = state*6364136223846793005 + 1442695040888963407
			choices[i] = byte(state >> 56)
		}
		if checkAgainstReference(t, generate(choices)) {
			known++
		}
	}
	if known < n/5 {
		t.Errorf("only %d of %d events named a caller: the generator has lost its way", known, n)
	}
}

func FuzzWalk(f *testing.F) {
	for _, row := range events {
		f.Add(string(contextOfFile(f, row.file)), []byte(row.file))
	}
	f.Fuzz(func(t *testing.T, requestContext string, choices []byte) {
		if json.Valid([]byte(requestContext)) {
			for _, head := range heads {
				checkAgainstReference(t, head+`"requestContext":`+requestContext+`}`)
			}
		}
		checkAgainstReference(t, generate(choices))
	})
}
