using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Journal;

namespace Remediator.Grains.Tests;

/// <summary>A store that can be away: whoever asks its journal or its due work then is told so.</summary>
internal sealed class Away
{
    private volatile bool _is;

    public bool Is { get => _is; set => _is = value; }

    public void AddTo(IServiceCollection services)
    {
        Decorate<IJournal>(services);
        Decorate<IDueWork>(services);
    }

    private void Decorate<T>(IServiceCollection services)
        where T : class
    {
        var before = services.Last(s => s.ServiceType == typeof(T));
        services.AddSingleton(provider =>
        {
            var proxy = DispatchProxy.Create<T, Proxy<T>>();
            var own = (Proxy<T>)(object)proxy;
            own.Store = this;
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
        public Away Store { get; set; } = null!;

        public T Inner { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            Store.Is ? throw new StoreUnavailableException("the test has taken it away") : targetMethod!.Invoke(Inner, args);
    }
}
