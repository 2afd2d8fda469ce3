using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Remediator.Core.Actions;

/// <summary>An action's input record, seen by reflection: its settable properties, or the parameters of its constructor.</summary>
public sealed class ActionInputType
{
    private readonly Type _type;
    private readonly ConstructorInfo _constructor;
    private readonly Dictionary<string, PropertyInfo> _properties;
    private readonly Dictionary<string, ParameterInfo> _parameters;

    public ActionInputType(Type type)
    {
        _type = type;
        _constructor = type.GetConstructors().OrderBy(c => c.GetParameters().Length).FirstOrDefault()
            ?? throw new ArgumentException($"{type.Name} has no public constructor.", nameof(type));
        _parameters = _constructor.GetParameters().ToDictionary(p => p.Name!, StringComparer.OrdinalIgnoreCase);
        _properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite && p.GetIndexParameters().Length == 0).ToDictionary(p => p.Name, StringComparer.Ordinal);
    }

    public IEnumerable<string> Keys => _properties.Keys;

    public IEnumerable<string> Required => Keys.Where(k => !IsOptional(k));

    public Type TypeOf(string key) => _properties[key].PropertyType;

    public RangeAttribute? RangeOf(string key) => Checks(key).OfType<RangeAttribute>().FirstOrDefault();

    /// <summary>The key as playbooks write it: <c>memoryLimit</c> and <c>memory_limit</c> are read too.</summary>
    public static string Written(string key) => Separated(key, '-');

    /// <summary>The values of an enumeration as playbooks write them.</summary>
    public static IEnumerable<string> Written(Type enumeration) => Enum.GetNames(enumeration).Select(n => Separated(n, '-'));

    internal string? Find(string key)
    {
        var plain = key.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return Keys.FirstOrDefault(k => string.Equals(k, plain, StringComparison.OrdinalIgnoreCase));
    }

    internal bool IsOptional(string key) =>
        _parameters.TryGetValue(key, out var parameter)
            ? parameter.HasDefaultValue
            : !_properties[key].IsDefined(typeof(RequiredMemberAttribute));

    internal IReadOnlyDictionary<string, object?> ValuesOf(object input) =>
        _properties.ToDictionary(p => p.Key, p => p.Value.GetValue(input));

    /// <returns>What is wrong with the text; null when it was bound.</returns>
    internal string? TryBind(string key, string text, out object? value)
    {
        value = null;
        if (InputValue.Parse(TypeOf(key), text, out var parsed) is { } expected)
            return $"'{Written(key)}' is '{text}'; expected {expected}";
        value = parsed;
        var context = new ValidationContext(new object()) { DisplayName = $"'{Written(key)}'" };
        foreach (var check in Checks(key))
        {
            if (check is RangeAttribute range && !range.IsValid(parsed))
                return string.Create(
                    CultureInfo.InvariantCulture, $"'{Written(key)}' is {text}; expected {range.Minimum} to {range.Maximum}");
            if (check.GetValidationResult(parsed, context) is { } failed && failed != ValidationResult.Success)
                return failed.ErrorMessage ?? $"'{Written(key)}' does not fit";
        }

        return null;
    }

    internal object Create(IReadOnlyDictionary<string, object?> values)
    {
        var arguments = _constructor.GetParameters()
            .Select(p =>
                values.FirstOrDefault(v => string.Equals(v.Key, p.Name, StringComparison.OrdinalIgnoreCase)) is { Key: not null } given
                ? given.Value
                : p.DefaultValue)
            .ToArray();
        var input = _constructor.Invoke(arguments);
        foreach (var (key, value) in values.Where(v => !_parameters.ContainsKey(v.Key))) _properties[key].SetValue(input, value);
        if (input is IValidatableObject whole && whole.Validate(new ValidationContext(input)).FirstOrDefault() is { } failed)
            throw new FormatException(failed.ErrorMessage);
        return input;
    }

    private IEnumerable<ValidationAttribute> Checks(string key)
    {
        var ofProperty = _properties[key].GetCustomAttributes<ValidationAttribute>();
        return _parameters.TryGetValue(key, out var parameter)
            ? ofProperty.Concat(parameter.GetCustomAttributes<ValidationAttribute>())
            : ofProperty;
    }

    private static string Separated(string name, char separator)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append(separator);
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
