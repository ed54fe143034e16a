package apigateway

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// policy is the resource policy of one qualifier of a function.
type policy struct {
	file       string
	function   string // ARN, qualified where the policy is an alias's
	absent     bool   // the function has no policy
	statements []statement
	size       int // of its text, in bytes
}

// maxPolicy is how many bytes the policy of a function or an alias holds ("Lambda
// quotas").
const maxPolicy = 20480

// statement is one statement, whose members may have several forms.
type statement struct {
	Sid          string
	Effect       string
	Principal    any
	NotPrincipal any
	Action       texts
	NotAction    texts
	Resource     texts
	NotResource  texts
	Condition    map[string]map[string]texts
}

// texts is a text or a list of texts.
type texts []string

// UnmarshalJSON decodes both forms.
func (t *texts) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]string)(t))
	}
	var s string
	err := json.Unmarshal(data, &s)
	*t = texts{s}
	return err
}

// functionURL is a Function URL.
type functionURL struct{ function, authType string }

// loadFunctions reads what aws lambda printed.
func (d *deployment) loadFunctions(in inputs) error {
	var problems []error
	for _, f := range in["get-policy"] {
		problems = append(problems, d.loadPolicy(f))
	}
	urls := in["list-function-url-configs"]
	if len(urls) == 0 {
		d.missed("list-function-url-configs")
	}
	for _, f := range urls {
		problems = append(problems, d.loadURLs(f))
	}
	return errors.Join(problems...)
}

func (d *deployment) loadPolicy(f input) error {
	if f.absent != "" {
		if err := f.ofFunction(); err != nil {
			return err
		}
		return d.addPolicy(f, policy{file: f.file, function: f.of, absent: true})
	}
	var v struct{ Policy string }
	if err := f.decode(&v); err != nil {
		return err
	}
	var document struct{ Statement []statement }
	if err := duplicates([]byte(v.Policy)); err != nil {
		return f.errorf("Policy: %w", err)
	}
	if err := json.Unmarshal([]byte(v.Policy), &document); err != nil {
		return f.errorf("Policy: %w", err)
	}
	if len(document.Statement) == 0 {
		return f.errorf("Policy has no statements, which Lambda would not say")
	}
	arns := map[string]bool{}
	for _, s := range document.Statement {
		for _, arn := range s.Resource {
			arns[arn] = true
		}
	}
	if len(arns) != 1 {
		return f.errorf("Policy is of %d resources, %q, and each alias has a policy of its own", len(arns), slices.Sorted(maps.Keys(arns)))
	}
	for arn := range arns {
		if !functionARN.MatchString(arn) {
			return f.errorf("Policy is of %q, which is not a function", arn)
		}
		return d.addPolicy(f, policy{file: f.file, function: arn, statements: document.Statement, size: len(v.Policy)})
	}
	return nil
}

// ofFunction checks that an absence is that of a function's or an alias's.
func (f input) ofFunction() error {
	if functionARN.MatchString(f.of) {
		return nil
	}
	return f.errorf(`does not say of which function nothing was found: {"Absent":%q,"Of":"ARN:ALIAS"}`, f.absent)
}

func (d *deployment) addPolicy(f input, p policy) error {
	for _, other := range d.policies {
		if other.function == p.function {
			return f.errorf("and %s: two policies of %s", other.file, p.function)
		}
	}
	d.policies = append(d.policies, p)
	return nil
}

func (d *deployment) loadURLs(f input) error {
	if f.absent != "" {
		d.noURLs = append(d.noURLs, f)
		return f.ofFunction()
	}
	var v struct {
		FunctionURLConfigs *[]struct {
			FunctionARN string `json:"FunctionArn"`
			AuthType    string
		} `json:"FunctionUrlConfigs"`
	}
	if err := f.decode(&v); err != nil {
		return err
	}
	if v.FunctionURLConfigs == nil {
		return f.errorf("has no FunctionUrlConfigs")
	}
	for _, u := range *v.FunctionURLConfigs {
		if u.AuthType != "NONE" && u.AuthType != "AWS_IAM" || !functionARN.MatchString(u.FunctionARN) {
			return f.errorf("AuthType %q of %q is not known here", u.AuthType, u.FunctionARN)
		}
		d.urls = append(d.urls, functionURL{u.FunctionARN, u.AuthType})
	}
	return nil
}
