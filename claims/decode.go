package claims

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Decode fills the struct that v points to with claims. A field gets the claim
// that its json tag names, or without a tag the claim that has exactly the
// field's name: SUB never fills a field tagged sub. A field whose claim is missing
// or null keeps its value. Decode skips unexported fields and those tagged "-",
// and treats the fields of an embedded struct as the outer struct's.
//
// A field may be a string, a bool, a number of any size (json.Number keeps it
// exact), a time.Time for the forms of exp, a slice, a map with string keys, a
// struct, any, or a pointer to one of these. If the source renders claims as text,
// "true" fills a bool, "1718722804" fills a number or a time.Time, and []string
// follows List. A number that the field cannot hold is an error.
//
// An error names the claim and holds no value. After an error v is unchanged.
func (id *Identity) Decode(v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() || target.Elem().Kind() != reflect.Struct {
		return errors.New("claims: Decode needs a pointer to a struct")
	}
	filled := reflect.New(target.Elem().Type()).Elem()
	filled.Set(target.Elem())
	if err := id.fill(filled); err != nil {
		return err
	}
	target.Elem().Set(filled)
	return nil
}

func (id *Identity) fill(object reflect.Value) error {
	return eachField(object, func(name string, field reflect.Value) error {
		c, ok := id.claims.find(name)
		if !ok {
			return nil
		}
		if err := id.set(name, c, field); err != nil {
			return fmt.Errorf("claims: claim %q for a field of type %s: %w", name, field.Type(), err)
		}
		return nil
	})
}

// eachField calls f for the fields of a struct that have a name in JSON.
func eachField(object reflect.Value, f func(name string, field reflect.Value) error) error {
	for i := range object.NumField() {
		info, field := object.Type().Field(i), object.Field(i)
		tag, _, _ := strings.Cut(info.Tag.Get("json"), ",")
		var err error
		switch {
		case info.Anonymous && tag == "" && field.Kind() == reflect.Struct:
			err = eachField(field, f)
		case info.Tag.Get("json") == "-" || !info.IsExported():
		case tag == "":
			err = f(info.Name, field)
		default:
			err = f(tag, field)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	errType = errors.New("the types do not fit")

	timeType    = reflect.TypeFor[time.Time]()
	numberType  = reflect.TypeFor[json.Number]()
	stringsType = reflect.TypeFor[[]string]()
)

// set fills one field of the caller's struct: what a source renders as text is
// turned back for the type that is asked for.
func (id *Identity) set(name string, c claim, field reflect.Value) error {
	d := id.rendering()
	switch {
	case field.Kind() == reflect.Pointer:
		return throughPointer(field, func(pointee reflect.Value) error { return id.set(name, c, pointee) })
	case field.Type() == timeType:
		date, ok := d.dateOf(c)
		field.Set(reflect.ValueOf(date))
		return fits(ok)
	case field.Kind() == reflect.Slice && stringsType.ConvertibleTo(field.Type()):
		list, err := id.List(name)
		field.Set(reflect.ValueOf(list).Convert(field.Type()))
		return err
	case c.kind == '"' && d.isText() && field.Kind() != reflect.Interface:
		return setText(field, c.text)
	}
	value, _ := id.Claim(name)
	return setValue(field, value)
}

func fits(ok bool) error {
	if ok {
		return nil
	}
	return errType
}
