using System.Linq.Expressions;

namespace Ansatz.Sandbox;

/// <summary>A candidate as a delegate to keep: every call runs in the sandbox, with fuel of its own, whatever the calls before it did.</summary>
/// <typeparam name="TDelegate">The hole's type.</typeparam>
/// <remarks>Thread-safe: one call at a time. A call needs half a megabyte of free stack. <see cref="HoleInstance"/> is for hosts that make many calls on one thread and share out one fuel among them.</remarks>
public sealed class ConfinedProgram<TDelegate> : IDisposable
    where TDelegate : Delegate
{
    private readonly HoleProgram _program;
    private readonly long _fuel;
    private readonly object _turn = new();
    private HoleInstance? _instance;
    private TDelegate? _inner;
    private bool _isDisposed;

    /// <summary>A delegate of a compiled candidate.</summary>
    /// <param name="program">The candidate. It is disposed of with this.</param>
    /// <param name="fuel">What each call may spend; none: what the candidate's limits say.</param>
    /// <exception cref="InputException">The candidate's types are not the delegate's.</exception>
    public ConfinedProgram(HoleProgram program, long? fuel = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        (_program, _fuel) = (program, fuel ?? program.Limits.Fuel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_fuel, nameof(fuel));
        Call = Locked();
        Restart();
    }

    /// <summary>Calls the candidate.</summary>
    /// <remarks>It throws <see cref="HoleTrapException"/> where the candidate gives no answer, and the next call begins afresh.</remarks>
    public TDelegate Call { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_turn)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _instance?.Dispose();
                _program.Dispose();
            }
        }
    }

    // (p0, p1, ...) => { try { return Enter()(p0, p1, ...); } finally { Exit(); } }
    private TDelegate Locked()
    {
        ParameterExpression[] parameters = [.. typeof(TDelegate).GetMethod("Invoke")!.GetParameters().Select(p => Expression.Parameter(p.ParameterType))];
        ConstantExpression me = Expression.Constant(this);
        return Expression.Lambda<TDelegate>(
            Expression.TryFinally(
                Expression.Invoke(Expression.Call(me, ((Func<TDelegate>)Enter).Method), parameters),
                Expression.Call(me, ((Action)Exit).Method)),
            parameters).Compile();
    }

    private TDelegate Enter()
    {
        Monitor.Enter(_turn);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_instance!.Trap != HoleTrap.None)
        {
            Restart();
        }

        _instance.Refuel(_fuel);
        return _inner!;
    }

    private void Exit() => Monitor.Exit(_turn);

    private void Restart()
    {
        _instance?.Dispose();
        _instance = _program.Start(_fuel);
        _inner = _instance.As<TDelegate>();
    }
}
