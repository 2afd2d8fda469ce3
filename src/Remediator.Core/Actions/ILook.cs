using Remediator.Core.Facts;

namespace Remediator.Core.Actions;

/// <summary>
/// Reads anew what is true of one resource, and never changes anything. A playbook names it under <c>look</c>, and its <c>problem</c> and
/// <c>when</c> use the facts. Every look that fails, or says more or other than it declares, leaves unknown how things are.
/// </summary>
public interface ILook : IAction
{
    /// <summary>The provider of facts that it belongs to.</summary>
    string Provider { get; }

    /// <summary>The kinds of facts that it can give.</summary>
    IReadOnlyList<string> Gives { get; }

    /// <returns>Facts of the resource, masked.</returns>
    /// <exception cref="ActionFailedException">It could not be seen.</exception>
    Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken);
}
