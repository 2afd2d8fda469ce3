using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Journal;

namespace Remediator.Grains.Tests;

/// <summary>Puts something before a service of an engine.</summary>
internal static class Decorated
{
    /// <param name="answer">Given the service itself and the call that was made.</param>
    public static void Add<T>(IServiceCollection services, Func<T, Func<T, object?>, object?> answer)
        where T : class => Add<T>(services, (inner, method, arguments) => answer(inner, to => method.Invoke(to, arguments)));

    /// <summary>Each commit is told before it is made, in the middle of what led to it.</summary>
    public static void BeforeCommits(IServiceCollection services, Func<Commit, Task> told) =>
        Add<IJournal>(services, (inner, method, arguments) => method.Name == nameof(IJournal.CommitAsync)
            ? CommitAsync(inner, (Commit)arguments![0]!, told, (CancellationToken)arguments[1]!)
            : method.Invoke(inner, arguments));

    private static async Task<CommitResult> CommitAsync(
        IJournal inner, Commit commit, Func<Commit, Task> told, CancellationToken cancellationToken)
    {
        await told(commit);
        return await inner.CommitAsync(commit, cancellationToken);
    }

    private static void Add<T>(IServiceCollection services, Func<T, MethodInfo, object?[]?, object?> answer)
        where T : class
    {
        var before = services.Last(s => s.ServiceType == typeof(T));
        services.AddSingleton(provider =>
        {
            var proxy = DispatchProxy.Create<T, Proxy<T>>();
            var own = (Proxy<T>)(object)proxy;
            own.Answer = answer;
            own.Inner = (T)(before.ImplementationInstance
                ?? before.ImplementationFactory?.Invoke(provider)
                    ?? ActivatorUtilities.CreateInstance(provider, before.ImplementationType!));
            return proxy;
        });
    }

    [SuppressMessage("Performance", "CA1852:Seal internal types", Justification = "what makes the proxy derives from it")]
    internal class Proxy<T> : DispatchProxy
        where T : class
    {
        public Func<T, MethodInfo, object?[]?, object?> Answer { get; set; } = null!;

        public T Inner { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(Inner, targetMethod!, args);
    }
}
