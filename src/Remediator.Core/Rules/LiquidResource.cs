using System.Globalization;
using System.Text.Encodings.Web;
using Fluid;
using Fluid.Values;
using Remediator.Core.Resources;

namespace Remediator.Core.Rules;

/// <summary>A resource in a template: <c>{{ resource }}</c> is its display, <c>{{ resource.name }}</c> one part.</summary>
internal sealed class LiquidResource(ResourceKey key) : FluidValue
{
    public override FluidValues Type => FluidValues.Object;

    public override bool Equals(FluidValue? other) => other is LiquidResource resource && resource.ToObjectValue().Equals(key);

    public override bool ToBooleanValue() => true;

    public override decimal ToNumberValue() => 0;

    public override object ToObjectValue() => key;

    public override string ToStringValue() => key.Display;

    public override ValueTask<FluidValue> GetValueAsync(string name, TemplateContext context) => new(name switch
    {
        "cluster" => StringValue.Create(key.Cluster),
        "kind" => StringValue.Create(key.Kind),
        "namespace" => StringValue.Create(key.Namespace),
        "name" => StringValue.Create(key.Name),
        _ => NilValue.Instance,
    });

    public override async ValueTask WriteToAsync(TextWriter writer, TextEncoder encoder, CultureInfo cultureInfo) =>
        await writer.WriteAsync(key.Display);
}
