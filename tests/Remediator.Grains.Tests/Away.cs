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
        Decorated.Add<IJournal>(services, (inner, call) => Answer(() => call(inner)));
        Decorated.Add<IDueWork>(services, (inner, call) => Answer(() => call(inner)));
    }

    private object? Answer(Func<object?> call) => Is ? throw new StoreUnavailableException("the test has taken it away") : call();
}
