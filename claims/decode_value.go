package claims

import (
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

// setText fills a field from a rendering. It refuses text that is not a JSON
// literal of the field's kind.
func setText(field reflect.Value, text string) error {
	switch {
	case field.Kind() == reflect.String && field.Type() != numberType:
		field.SetString(text)
		return nil
	case field.Kind() == reflect.Bool:
		field.SetBool(text == "true")
		return fits(text == "true" || text == "false")
	case authorizer.IsNumber(text):
		return setNumber(field, text)
	}
	return errType
}

// setValue fills a field with a JSON value as Claim gives it. It is not
// encoding/json's decoder, because that one ignores the case of names.
func setValue(field reflect.Value, value any) error {
	switch {
	case field.Kind() == reflect.Pointer:
		return throughPointer(field, func(pointee reflect.Value) error { return setValue(pointee, value) })
	case field.Kind() == reflect.Interface && field.NumMethod() == 0:
		if value != nil {
			field.Set(reflect.ValueOf(value))
		}
		return nil
	}
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		if field.Kind() == reflect.String && field.Type() != numberType {
			field.SetString(v)
			return nil
		}
	case bool:
		if field.Kind() == reflect.Bool {
			field.SetBool(v)
			return nil
		}
	case json.Number:
		return setNumber(field, string(v))
	case []any:
		return setArray(field, v)
	case map[string]any:
		return setObject(field, v)
	}
	return errType
}

func setNumber(field reflect.Value, text string) error {
	switch {
	case field.Type() == numberType:
		field.SetString(text)
		return nil
	case field.Type() == timeType:
		date, ok := authorizer.NumericDate(text)
		field.Set(reflect.ValueOf(date))
		return fits(ok)
	case field.CanInt():
		n, err := strconv.ParseInt(text, 10, field.Type().Bits())
		field.SetInt(n)
		return fits(err == nil)
	case field.CanUint():
		n, err := strconv.ParseUint(text, 10, field.Type().Bits())
		field.SetUint(n)
		return fits(err == nil)
	case field.CanFloat():
		n, err := strconv.ParseFloat(text, field.Type().Bits())
		field.SetFloat(n)
		return fits(err == nil)
	}
	return errType
}

func setArray(field reflect.Value, elements []any) error {
	if field.Kind() != reflect.Slice {
		return errType
	}
	list := reflect.MakeSlice(field.Type(), len(elements), len(elements))
	for i, element := range elements {
		if err := setValue(list.Index(i), element); err != nil {
			return err
		}
	}
	field.Set(list)
	return nil
}

func setObject(field reflect.Value, members map[string]any) error {
	if field.Kind() == reflect.Struct && field.Type() != timeType {
		return eachField(field, func(name string, inner reflect.Value) error {
			member, ok := members[name]
			if !ok {
				return nil
			}
			return setValue(inner, member)
		})
	}
	if field.Kind() != reflect.Map || field.Type().Key().Kind() != reflect.String {
		return errType
	}
	object := reflect.MakeMapWithSize(field.Type(), len(members))
	for name, member := range members {
		inner := reflect.New(field.Type().Elem()).Elem()
		if err := setValue(inner, member); err != nil {
			return err
		}
		object.SetMapIndex(reflect.ValueOf(name).Convert(field.Type().Key()), inner)
	}
	field.Set(object)
	return nil
}

func throughPointer(pointer reflect.Value, set func(reflect.Value) error) error {
	pointee := reflect.New(pointer.Type().Elem())
	if err := set(pointee.Elem()); err != nil {
		return err
	}
	pointer.Set(pointee)
	return nil
}
