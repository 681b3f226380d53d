using System.Collections.Immutable;
using System.Text;

namespace Ansatz.Sandbox;

/// <summary>The compiler of whole programs as its host sees it: a locked child that is kept, and replaced when a source was too much for it. Safe to use from several threads; compiles one source at a time.</summary>
/// <param name="task">What the child is started for.</param>
/// <param name="walls">What locks it.</param>
internal sealed class CompilerProcess(string task, Walls walls) : IDisposable
{
    private const long MemoryBytes = 512 << 20;
    private const int MaximumReplyBytes = 32 << 20;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ChildProcess? _child;

    /// <summary>Compiles a source.</summary>
    /// <returns>The program, unchecked; or why there is none.</returns>
    public async Task<(CompiledProgram? Program, ImmutableArray<Refusal> Refusals)> CompileAsync(string source, ProgramLimits limits, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            string? first = null;
            while (true)
            {
                (byte[]? reply, string end) = await TryAsync(source, limits, cancellationToken).ConfigureAwait(false);
                if (reply is not null)
                {
                    return Read(reply);
                }

                // Its own time is up, or it ended at this source twice in the same way: the source is too much for it. Anything else is the world's.
                if (end.Length == 0 || end == first)
                {
                    return (null, [new(1, 1, end.Length == 0
                        ? $"The compiler did not come to an end within {limits.CompileTime.TotalSeconds:0.###} s."
                        : "The source is too much for the compiler: it nests too deep, or means too many types.")]);
                }

                first = first is null ? end : throw new FaultException($"The compiler of programs ended in two ways that are none of its limits: {first}, {end}.");
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<(byte[]? Reply, string End)> TryAsync(string source, ProgramLimits limits, CancellationToken cancellationToken)
    {
        _child ??= await ChildProcess.StartAsync(task, walls, cpu: null, MemoryBytes, cancellationToken).ConfigureAwait(false);
        bool isKept = false;
        try
        {
            Task<byte[]?> talk = TalkAsync(_child, source);
            ProgramCause? over = await _child.WatchAsync(talk, limits.CompileTime, 10 * limits.CompileTime, cancellationToken).ConfigureAwait(false);
            byte[]? reply = await talk.ConfigureAwait(false);
            isKept = reply is not null;
            return (reply, reply is not null || over == ProgramCause.CpuTime ? "" : over is not null ? $"{over}" : $"exit code {await _child.WaitAsync().ConfigureAwait(false)}");
        }
        finally
        {
            if (!isKept)
            {
                _child.Dispose();
                _child = null;
            }
        }
    }

    private static async Task<byte[]?> TalkAsync(ChildProcess child, string source)
    {
        try
        {
            using MemoryStream message = new();
            Pipes.Write(message, Pipes.Given, source);
            await child.Input.WriteAsync(message.ToArray()).ConfigureAwait(false);
            await child.Input.FlushAsync().ConfigureAwait(false);
            return (await Pipes.ReadAsync(child.Output, MaximumReplyBytes, CancellationToken.None).ConfigureAwait(false))?.Content;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            child.Kill();
            return null;
        }
    }

    private static (CompiledProgram? Program, ImmutableArray<Refusal> Refusals) Read(byte[] reply)
    {
        try
        {
            using BinaryReader reader = new(new MemoryStream(reply), Encoding.UTF8);
            List<Refusal> refusals = [];
            for (int left = Math.Min(reader.ReadInt32(), CompilerHost.MaximumRefusals); left > 0; left--)
            {
                refusals.Add(new(reader.ReadInt32(), reader.ReadInt32(), Plain.Sentence(reader.ReadString())));
            }

            return refusals.Count > 0 ? (null, [.. refusals]) : (new(Bytes(), Bytes(), Bytes()), []);

            byte[] Bytes() => reader.ReadInt32() is var length && length >= 0 && length <= reply.Length ? reader.ReadBytes(length) : throw new FormatException();
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException)
        {
            return (null, [new(1, 1, "The compiler's reply cannot be read.")]);
        }
    }

    public void Dispose()
    {
        _child?.Dispose();
        _turn.Dispose();
    }
}
