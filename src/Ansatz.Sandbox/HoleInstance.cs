using System.Runtime.InteropServices;
using Wasmtime;

namespace Ansatz.Sandbox;

/// <summary>One run of a candidate: its own memory and fuel. Calls share the fuel and nothing else. Not thread-safe; needs half a megabyte of free stack.</summary>
/// <remarks>After a trap the run is over: every further call gives the same <see cref="HoleTrapException"/>, so a host that swallows one gains nothing.</remarks>
public sealed unsafe class HoleInstance : IDisposable
{
    private readonly HoleSignature _signature;
    private readonly int _arraysAt;
    private readonly long _end;
    private readonly Store _store;
    private readonly Action _run;
    private readonly Global _fuel;
    private readonly Global _trap;
    private byte* _memory; // null once disposed
    private int _heap; // where the next array argument goes
    private Exception? _helperError;
    private HoleTrapException? _trapped;
    private bool _isRunning;

    internal HoleInstance(Module module, HoleProgram program, long fuel)
    {
        _signature = program.Signature;
        _arraysAt = _heap = WasmCompiler.ArraysAt(_signature);
        _end = _arraysAt + (long)program.Limits.MemoryBytes;
        _store = new Store(program.Engine);
        Instance instance = module.Imports.Count == 0
            ? new Instance(_store, module)
            : new Instance(_store, module, Function.FromCallback(_store, (int number) => Serve(number)));
        _memory = (byte*)instance.GetMemory("memory")!.GetPointer();
        _run = instance.GetAction("run")!;
        _fuel = instance.GetGlobal("fuel")!;
        _trap = instance.GetGlobal("trap")!;
        if (fuel != program.Limits.Fuel)
        {
            _fuel.SetValue(fuel);
        }

        *(int*)(_memory + WasmCompiler.Heap) = _arraysAt;
    }

    /// <summary>What the run may still spend; 0 once it is spent.</summary>
    public long Fuel => (long)_fuel.GetValue()!;

    /// <summary>Gives the run new fuel, so that it is as good as a fresh one: no call leaves anything behind that another could see. A run that is over stays over.</summary>
    /// <param name="fuel">What it may spend from now on.</param>
    public void Refuel(long fuel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fuel);
        ObjectDisposedException.ThrowIf(_memory is null, this);
        _fuel.SetValue(fuel);
    }

    /// <summary>Why the run is over; <see cref="HoleTrap.None"/> while it is not.</summary>
    public HoleTrap Trap => _trapped?.Trap ?? HoleTrap.None;

    /// <summary>The hole as a delegate of its own type. The cheapest way to call it.</summary>
    /// <exception cref="InputException">The delegate's types are not the hole's.</exception>
    public TDelegate As<TDelegate>()
        where TDelegate : Delegate => HoleDelegate<HoleInstance, TDelegate>.Of(this, _signature);

    /// <summary>Calls the hole with boxed values; <see cref="As"/> is faster.</summary>
    /// <param name="arguments">Values and arrays of the signature's types. Arrays are copied.</param>
    /// <exception cref="ArgumentException">The arguments are not the signature's.</exception>
    /// <exception cref="HoleTrapException">The call ended without a result.</exception>
    public object Call(params ReadOnlySpan<object> arguments)
    {
        if (arguments.Length != _signature.Parameters.Length)
        {
            throw new ArgumentException($"The hole {_signature.Name} takes {_signature.Parameters.Length} arguments, not {arguments.Length}.", nameof(arguments));
        }

        Begin();
        for (int i = 0; i < arguments.Length; i++)
        {
            HoleType type = _signature.Parameters[i];
            if (arguments[i]?.GetType() != type.Clr)
            {
                throw new ArgumentException($"Argument {i} of the hole {_signature.Name} has to be {type}, not {arguments[i]?.GetType().ToString() ?? "null"}.", nameof(arguments));
            }

            HostCalls.Store(type, _memory + WasmCompiler.Mailbox + (8 * i), type.IsArray ? CopyIn(type, (Array)arguments[i]) : Bits.Unbox(arguments[i]));
        }

        Run();
        long result = HostCalls.Load(_signature.Result, _memory + WasmCompiler.Mailbox);
        return _signature.Result.IsArray ? CopyOut(_signature.Result, (int)result) : Bits.Box(_signature.Result, result);
    }

    /// <summary>Frees the run's memory.</summary>
    public void Dispose()
    {
        _memory = null;
        _store.Dispose();
    }

    internal void Begin()
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        if (_trapped is not null)
        {
            throw new HoleTrapException(_trapped.Trap, _trapped.InnerException);
        }

        if (_isRunning)
        {
            throw new InvalidOperationException("An offered helper may not call the run that is calling it.");
        }

        _heap = _arraysAt;
    }

    internal void Put(int index, double value) => *(double*)(_memory + WasmCompiler.Mailbox + (8 * index)) = value;

    internal void Put(int index, int value) => *(int*)(_memory + WasmCompiler.Mailbox + (8 * index)) = value;

    internal void Put(int index, uint value) => Put(index, (int)value);

    internal void Put(int index, bool value) => Put(index, value ? 1 : 0);

    internal void Put(int index, long value) => *(long*)(_memory + WasmCompiler.Mailbox + (8 * index)) = value;

    internal void Put(int index, ulong value) => Put(index, (long)value);

    internal void Put(int index, Array value) => Put(index, CopyIn(_signature.Parameters[index], value));

    internal double TakeDouble() => Bits.ToDouble(Bits.Of(*(double*)(_memory + WasmCompiler.Mailbox)));

    internal long TakeBits() => HostCalls.Load(_signature.Result, _memory + WasmCompiler.Mailbox);

    internal object TakeArray() => CopyOut(_signature.Result, *(int*)(_memory + WasmCompiler.Mailbox));

    internal void Run()
    {
        *(int*)(_memory + WasmCompiler.Heap) = _heap;
        _isRunning = true;
        try
        {
            _run();
        }
        catch (WasmtimeException e)
        {
            // The machine's own overflow has no cause of ours: the limit of depth has to come first (see HoleProgram).
            HoleTrap trap = _helperError is not null ? HoleTrap.Helper
                : (HoleTrap)(int)_trap.GetValue()!;
            if (trap == HoleTrap.None)
            {
                throw new InvalidOperationException($"The module of a candidate stopped without a cause: {e.Message}", e); // a bug of this room
            }

            _trapped = new(trap, _helperError);
            throw _trapped;
        }
        finally
        {
            _isRunning = false;
        }
    }

    // The module calls its host: Math, or an offered helper. What a helper throws must not unwind through foreign frames, so it is kept, and the module traps.
    private void Serve(int number)
    {
        try
        {
            HostCalls.Serve(number, _memory + WasmCompiler.Mailbox, _signature);
        }
        catch (Exception e)
        {
            _helperError = e;
            throw;
        }
    }

    // An array as the module lays it out: an i32 length, four bytes unused, the elements, up to a multiple of 8.
    private int CopyIn(HoleType type, Array array)
    {
        ArgumentNullException.ThrowIfNull(array);
        HoleType element = type.Element!;
        long bytes = (((long)array.Length << element.Shift) + 15) & ~7;
        if (_heap + bytes > _end)
        {
            _trapped = new(HoleTrap.Memory);
            throw _trapped;
        }

        int at = _heap;
        _heap += (int)bytes;
        *(int*)(_memory + at) = array.Length;
        if (element.IsArray)
        {
            int* addresses = (int*)(_memory + at + 8);
            for (int i = 0; i < array.Length; i++)
            {
                addresses[i] = CopyIn(element, (Array)array.GetValue(i)!);
            }
        }
        else
        {
            int length = array.Length << element.Shift;
            MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), length).CopyTo(new(_memory + at + 8, length));
        }

        return at;
    }

    private Array CopyOut(HoleType type, int at)
    {
        (long left, long fuel) = (_end - _arraysAt, Fuel);
        try
        {
            return CopyOut(type, at, ref left, ref fuel);
        }
        catch (HoleTrapException e)
        {
            _trapped = e;
            throw;
        }
        finally
        {
            _fuel.SetValue(Math.Max(fuel, 0));
        }
    }

    // An array that stands in another one twice is copied twice: the copies have the same limit as the arrays of the call.
    private Array CopyOut(HoleType type, int at, ref long left, ref long fuel)
    {
        HoleTrapException.ThrowUnless(at != 0, HoleTrap.Null);
        HoleType element = type.Element!;
        int count = *(int*)(_memory + at);
        HoleTrapException.ThrowUnless((left -= type.BytesOf(count)) >= 0, HoleTrap.Memory);
        HoleTrapException.ThrowUnless((fuel -= HoleLimits.FuelOfCopy(count)) >= 0, HoleTrap.Fuel);

        Array array = Array.CreateInstance(element.Clr, count);
        if (element.IsArray)
        {
            for (int i = 0; i < count; i++)
            {
                array.SetValue(CopyOut(element, *(int*)(_memory + at + 8 + (4 * i)), ref left, ref fuel), i);
            }
        }
        else
        {
            int length = count << element.Shift;
            new ReadOnlySpan<byte>(_memory + at + 8, length).CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), length));
            if (array is double[] numbers)
            {
                foreach (ref double number in numbers.AsSpan())
                {
                    number = Bits.ToDouble(Bits.Of(number));
                }
            }
        }

        return array;
    }
}
