using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Ansatz.Sandbox;

/// <summary>A whole program, compiled and checked. Immutable and safe to use from several threads; each run takes a process of its own.</summary>
public sealed class CompiledProgram
{
    internal const string TypeName = "Program", MethodName = "Run";

    internal CompiledProgram(byte[] image, byte[] debugImage, byte[] debugSymbols) => (Image, DebugImage, DebugSymbols) = (image, debugImage, debugSymbols);

    /// <summary>The program, optimised.</summary>
    internal byte[] Image { get; }

    /// <summary>The program, not optimised: in optimised code the place of an exception is lost, so an input at which one is thrown is run again with this.</summary>
    internal byte[] DebugImage { get; }

    /// <summary>The lines of the image that is not optimised.</summary>
    internal byte[] DebugSymbols { get; }

    /// <summary>The line of the source at the first of some places that has one, each an offset of a method's code in the image that is not optimised; null where none has.</summary>
    internal int? Line(IEnumerable<(int Method, int Offset)> places)
    {
        try
        {
            using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(DebugSymbols, writable: false));
            MetadataReader symbols = provider.GetMetadataReader();
            return places.Select(p => LineOf(symbols, p.Method, p.Offset)).FirstOrDefault(l => l is not null);
        }
        catch (Exception e) when (e is BadImageFormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            return null; // the compiler is not believed: no symbols, no line
        }
    }

    internal static int? LineOf(MetadataReader symbols, int method, int offset)
    {
        int row = method & 0xffffff;
        if (method >>> 24 != (int)TableIndex.MethodDef || row == 0 || row > symbols.MethodDebugInformation.Count)
        {
            return null;
        }

        int? line = null;
        foreach (SequencePoint point in symbols.GetMethodDebugInformation(MetadataTokens.MethodDebugInformationHandle(row)).GetSequencePoints())
        {
            if (point.Offset > offset && line is not null)
            {
                break;
            }

            line = point.IsHidden ? line : point.StartLine;
        }

        return line;
    }
}
