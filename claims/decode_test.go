package claims_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
)

type user struct {
	Sub      string `json:"sub"`
	Email    string `json:"email,omitempty"`
	Verified bool   `json:"email_verified"`
	Account  int64  `json:"account"`
	Exact    json.Number
	Small    *uint8    `json:"small"`
	Ratio    float64   `json:"ratio"`
	Expiry   time.Time `json:"exp"`
	Groups   []string  `json:"cognito:groups"`
	Any      any       `json:"any"`
	Ignored  string    `json:"-"`
	hidden   string
	more
}

type more struct {
	AuthTime *time.Time `json:"auth_time"`
}

func wantUser() user {
	small, authenticated := uint8(255), time.Unix(1718719204, 0).UTC()
	return user{
		Sub: "f2a4c6d8", Email: "ada@example.com", Verified: true, Account: 9007199254740993, Exact: "9007199254740993",
		Small: &small, Ratio: 0.5, Expiry: time.Unix(1718722804, 0).UTC(), Groups: []string{"admin"}, Any: "x",
		more: more{&authenticated},
	}
}

// The same struct is filled from renderings and from exact types.
func TestDecode(t *testing.T) {
	for name, row := range map[string]struct {
		front      adapter.Format
		authorizer string
	}{
		"JWT": {adapter.HTTPAPIV2, `{"jwt":{"claims":{"iss":"` + pool + `","sub":"f2a4c6d8","SUB":"root","email":"ada@example.com",
			"Email":"root@example.com","email_verified":"true","account":"9007199254740993","Exact":"9007199254740993","small":"255",
			"ratio":"0.5","exp":"1718722804","cognito:groups":"[admin]","any":"x","auth_time":"1718719204","-":"x","Ignored":"x","hidden":"x"}}}`},
		"Cognito": {adapter.RESTAPI, `{"claims":{"iss":"` + pool + `","sub":"f2a4c6d8","SUB":"root","email":"ada@example.com",
			"Email":"root@example.com","email_verified":"true","account":"9007199254740993","Exact":"9007199254740993","small":"255",
			"ratio":"0.5","exp":"Tue Jun 18 15:00:04 UTC 2024","cognito:groups":"admin","any":"x","auth_time":"1718719204"}}`},
		"native": {adapter.RESTAPI, `{"claims":{"iss":"` + pool + `","sub":"f2a4c6d8","SUB":"root","email":"ada@example.com",
			"Email":"root@example.com","email_verified":true,"account":9007199254740993,"Exact":9007199254740993,"small":255,
			"ratio":0.5,"exp":1718722804,"cognito:groups":["admin"],"any":"x","auth_time":1718719204}}`},
	} {
		var got user
		if err := identify(t, anyone, requestFrom(t, row.front, row.authorizer)).Decode(&got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got.hidden != "" {
			t.Errorf("%s: an unexported field was filled", name)
		}
		if diff := cmp.Diff(wantUser(), got, cmp.AllowUnexported(user{}, more{})); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestDecodeNested(t *testing.T) {
	type address struct {
		Country string `json:"country"`
		Zip     *int   `json:"zip"`
	}
	type roles []string
	type profile struct {
		Address address            `json:"address"`
		Past    []address          `json:"past"`
		Levels  map[string]int     `json:"levels"`
		Raw     map[string]any     `json:"raw"`
		Names   map[string]address `json:"names"`
		Whole   any                `json:"whole"`
		Absent  *address           `json:"absent"`
		Null    []int              `json:"null"`
		Roles   roles              `json:"roles"`
		Dates   []time.Time        `json:"dates"`
	}
	id := newIdentity(t, claims.NativeJWT, `{"sub":"x","address":{"Country":"SE","country":"NO","zip":150},"past":[{"country":"DK"},{}],
		"levels":{"a":1},"raw":{"n":9007199254740993,"l":[null]},"names":{"b":{"country":"FI"}},"whole":{"k":[true]},"null":null,"roles":["a"],"dates":[0]}`)
	zip := 150
	want := profile{
		Address: address{"NO", &zip}, Past: []address{{Country: "DK"}, {}}, Levels: map[string]int{"a": 1},
		Raw:   map[string]any{"n": json.Number("9007199254740993"), "l": []any{nil}},
		Names: map[string]address{"b": {Country: "FI"}}, Whole: map[string]any{"k": []any{true}}, Null: []int{7},
		Roles: roles{"a"}, Dates: []time.Time{time.Unix(0, 0).UTC()},
	}
	got := profile{Null: []int{7}}
	if err := id.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What does not fit is refused, and leaves the struct as it was.
func TestDecodeRefuses(t *testing.T) {
	rendered := func(members string) *claims.Identity { return newIdentity(t, claims.JWT, `{"sub":"x",`+members+`}`) }
	exact := func(members string) *claims.Identity {
		return newIdentity(t, claims.NativeJWT, `{"sub":"x",`+members+`}`)
	}
	type boolean struct {
		First string `json:"sub"`
		V     bool   `json:"v"`
	}
	type text struct {
		V string `json:"v"`
	}
	type small struct {
		V int8 `json:"v"`
	}
	type positive struct {
		V uint `json:"v"`
	}
	type real struct {
		V float64 `json:"v"`
	}
	type number struct {
		V json.Number `json:"v"`
	}
	type date struct {
		V time.Time `json:"v"`
	}
	type list struct {
		V []string `json:"v"`
	}
	type object struct {
		V struct{ A int } `json:"v"`
	}
	type others struct {
		Pointer *int8          `json:"pointer"`
		Ints    []int          `json:"ints"`
		Dates   []time.Time    `json:"dates"`
		Levels  map[string]int `json:"levels"`
		Keys    map[int]int    `json:"keys"`
		Deep    struct{ P *int }
	}
	for name, row := range map[string]struct {
		id *claims.Identity
		v  any
	}{
		"bool from 1":              {rendered(`"v":"1"`), &boolean{}},
		"bool from True":           {rendered(`"v":"True"`), &boolean{}},
		"bool from exact text":     {exact(`"v":"true"`), &boolean{}},
		"bool from a number":       {exact(`"v":1`), &boolean{}},
		"text from a number":       {exact(`"v":1`), &text{}},
		"text from a bool":         {exact(`"v":true`), &text{}},
		"text from a list":         {exact(`"v":["a"]`), &text{}},
		"small from too much":      {rendered(`"v":"128"`), &small{}},
		"small from a fraction":    {exact(`"v":1.5`), &small{}},
		"small from an exponent":   {exact(`"v":1e1`), &small{}},
		"small from a sign":        {rendered(`"v":"+1"`), &small{}},
		"small from blanks":        {rendered(`"v":" 1"`), &small{}},
		"small from exact text":    {exact(`"v":"1"`), &small{}},
		"positive from negative":   {exact(`"v":-1`), &positive{}},
		"real from Inf":            {rendered(`"v":"Inf"`), &real{}},
		"real from hexadecimal":    {rendered(`"v":"0x1p4"`), &real{}},
		"real from too much":       {exact(`"v":1e999`), &real{}},
		"number from exact text":   {exact(`"v":"1"`), &number{}},
		"number from text":         {rendered(`"v":"one"`), &number{}},
		"date from text":           {rendered(`"v":"soon"`), &date{}},
		"date from exact text":     {exact(`"v":"1718722804"`), &date{}},
		"date from an object":      {exact(`"v":{}`), &date{}},
		"list from ambiguous text": {rendered(`"v":"[admin]"`), &list{}},
		"list from a number":       {exact(`"v":1`), &list{}},
		"list of numbers":          {exact(`"v":[1]`), &list{}},
		"object from text":         {rendered(`"v":"{\"A\":1}"`), &object{}},
		"object from a list":       {exact(`"v":[]`), &object{}},
		"object with wrong inside": {exact(`"v":{"A":"1"}`), &object{}},
		"pointer to too small":     {exact(`"pointer":128`), &others{}},
		"ints from text":           {exact(`"ints":["1"]`), &others{}},
		"dates from an object":     {exact(`"dates":[{}]`), &others{}},
		"dates from too much":      {exact(`"dates":[1718722804000]`), &others{}},
		"levels from text":         {exact(`"levels":{"a":"1"}`), &others{}},
		"keys of another type":     {exact(`"keys":{"1":1}`), &others{}},
		"deep pointer from text":   {exact(`"Deep":{"P":"1"}`), &others{}},
	} {
		before, _ := json.Marshal(row.v)
		err := row.id.Decode(row.v)
		if err == nil || !strings.HasPrefix(err.Error(), `claims: claim "`) {
			t.Errorf("%s: %v, want an error that names the claim", name, err)
		}
		if after, _ := json.Marshal(row.v); string(after) != string(before) {
			t.Errorf("%s: the struct became %s", name, after)
		}
	}
	for name, v := range map[string]any{"nil": nil, "nil pointer": (*text)(nil), "struct": text{}, "map": &map[string]any{}} {
		if err := rendered(`"v":"x"`).Decode(v); err == nil {
			t.Errorf("Decode(%s) succeeded", name)
		}
	}
}
